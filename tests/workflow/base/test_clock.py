from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from workflow.base import clock

NOW = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield
    clock.set_clock(clock.MACHINE)


def test_the_clock_shows_the_time_of_the_machine_unless_it_is_moved() -> None:
    assert clock.now() == NOW
    assert not clock.is_moved()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", NOW),
        ("+14d", NOW + timedelta(days=14)),
        ("-6h30m", NOW - timedelta(hours=6, minutes=30)),
        ("+1d2h3m", NOW + timedelta(days=1, hours=2, minutes=3)),
        # In Warsaw, in winter an hour ahead of UTC and in summer two.
        ("2026-12-24T09:00", datetime(2026, 12, 24, 8, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-12-24T09:00+00:00", datetime(2026, 12, 24, 9, tzinfo=UTC)),
    ],
)
def test_a_setting_moves_the_clock(text: str, moment: datetime, tmp_path: Path) -> None:
    clock.set_clock(clock.read_clock(text, data=tmp_path))
    assert clock.now() == moment
    assert clock.now().tzinfo is UTC
    assert clock.is_moved() == (text != "")


def test_a_file_moves_the_clock_of_a_process_that_runs(tmp_path: Path) -> None:
    clock.set_clock(clock.read_clock("file", data=tmp_path))
    assert clock.now() == NOW
    (tmp_path / "clock").write_text("+14d\n")
    assert clock.now() == NOW + timedelta(days=14)
    assert clock.is_moved()
    (tmp_path / "clock").write_text("")
    assert clock.now() == NOW
    assert not clock.is_moved()


@pytest.mark.parametrize("text", ["tomorrow", "14d", "+", "+d", "+1x", "24.12.2026", "FILE"])
def test_what_moves_no_clock_is_refused_with_the_remedy(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"PARTNERSTWO_CLOCK is .*: set it to something like"):
        clock.read_clock(text, data=tmp_path)
