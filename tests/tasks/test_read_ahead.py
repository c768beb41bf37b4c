"""The next part is read while the one before is being worked on."""

import threading

import pytest

from tasks.read_ahead import read_ahead


def test_the_next_part_is_read_while_the_one_before_is_worked_on() -> None:
    begun = {part: threading.Event() for part in range(3)}

    def read(part: int) -> int:
        begun[part].set()
        return part * 10

    for part, content in read_ahead(read, range(3)):
        assert content == part * 10
        assert part == 2 or begun[part + 1].wait(5)


def test_an_error_of_reading_is_raised_after_the_parts_before_it() -> None:
    worked_on = []
    with pytest.raises(ZeroDivisionError):
        for part, _content in read_ahead(lambda part: 1 // (2 - part), range(4)):
            worked_on.append(part)
    assert worked_on == [0, 1]


def test_a_single_part_is_read_in_the_callers_own_thread() -> None:
    assert list(read_ahead(lambda _part: threading.current_thread(), [1])) == [(1, threading.current_thread())]
    assert list(read_ahead(lambda part: part, [])) == []
