from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from workflow.base import clock
from workflow.base.calendar import utc_now
from workflow.base.settings import Settings, SettingsError, load_settings
from workflow.db.database import Database
from workflow.operations.clock import mark_rehearsal, start_clock

FORTNIGHT = timedelta(days=14)


@pytest.fixture(autouse=True)
def back() -> Iterator[None]:
    yield
    clock.set_clock(clock.MACHINE)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return load_settings(
        data=tmp_path, database_url=database.url, environment="production", secret_key="k" * 40, clock="+14d"
    )


def test_production_refuses_a_moved_clock(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="production refuses"):
        start_clock(settings)
    assert not clock.is_moved()


def test_a_copy_to_rehearse_with_goes_by_a_moved_clock(settings: Settings, database: Database) -> None:
    with database.transaction() as tx:
        mark_rehearsal(tx, at=utc_now(), is_rehearsal=True)
    start_clock(settings)
    assert clock.now() - utc_now() > FORTNIGHT - timedelta(minutes=1)


def test_an_empty_database_is_no_rehearsal(settings: Settings, tmp_path: Path) -> None:
    nothing = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/nothing.sqlite3"})
    with pytest.raises(SettingsError, match="production refuses"):
        start_clock(nothing)


def test_the_settings_of_development_move_the_clock_by_themselves(settings: Settings) -> None:
    start_clock(settings.model_copy(update={"environment": "development"}))
    assert clock.is_moved()
    start_clock(settings.model_copy(update={"clock": ""}))
    assert not clock.is_moved()
