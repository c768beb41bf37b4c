"""The queue before the one writer of an embedded database: one at a time, and nobody waits for the dead."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from workflow.db.writer_queue import WriterQueue

HOLDS = """
import sys, time
from pathlib import Path
from workflow.db.writer_queue import WriterQueue
with WriterQueue(Path(sys.argv[1])).turn():
    print("in", flush=True)
    time.sleep(60)
"""


def test_of_many_threads_and_queues_on_one_file_one_has_its_turn_at_a_time(tmp_path: Path) -> None:
    queues = [WriterQueue(tmp_path / "queue") for _ in range(3)]
    inside, most = 0, 0
    lock = threading.Lock()

    def work(number: int) -> None:
        nonlocal inside, most
        with queues[number % 3].turn():
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.001)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_an_error_and_the_end_of_a_process_end_a_turn(tmp_path: Path) -> None:
    queue = WriterQueue(tmp_path / "queue")
    with pytest.raises(ValueError, match="broken"), queue.turn():
        raise ValueError("broken")
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path / "queue")], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        other.kill()
    began = time.monotonic()
    with queue.turn():
        pass
    assert time.monotonic() - began < 2
