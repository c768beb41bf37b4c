"""One application on the embedded database for a whole module of tests: for those that leave its rows as they found them.

Import `shared_stage` into a module to use it; making a world takes half a second, a test that only reads one a few ms.
"""

from collections.abc import Iterator

import pytest

from tests.web.stage import Stage
from web.app import create_app
from workflow.base.settings import load_settings


@pytest.fixture(scope="module")
def shared_stage(sqlite_master: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("shared")
    path = folder / "partnerstwo.sqlite3"
    path.write_bytes(sqlite_master)
    stage = Stage(create_app(load_settings(data=folder, database_url=f"sqlite:///{path}")))
    yield stage
    stage.db.close()
