"""A process that was started early begins when its supervisor says so, and at once where nobody will."""

import os
import subprocess
import sys

import pytest

from web.ops import start_signal

WAIT = "from web.ops import start_signal; print('waits', flush=True); start_signal.wait(); print('begins', flush=True)"


def test_a_process_begins_when_the_block_ends_and_one_started_again_begins_at_once() -> None:
    with start_signal.given_at_end() as waiting:
        first = started(waiting)
        assert first.stdout is not None
        assert first.stdout.readline() == "waits\n"
        assert first.poll() is None
    assert first.communicate(timeout=60)[0] == "begins\n"
    assert started(waiting).communicate(timeout=60)[0] == "waits\nbegins\n"
    os.close(waiting)


def test_a_failure_lets_nobody_wait_for_ever() -> None:
    with pytest.raises(RuntimeError), start_signal.given_at_end() as waiting:
        process = started(waiting)
        raise RuntimeError
    assert process.communicate(timeout=60)[0].endswith("begins\n")
    os.close(waiting)


def started(waiting: int) -> "subprocess.Popen[str]":
    environment = {**os.environ, start_signal.VARIABLE: str(waiting)}
    command = [sys.executable, "-c", WAIT]
    return subprocess.Popen(command, env=environment, pass_fds=(waiting,), stdout=subprocess.PIPE, text=True)
