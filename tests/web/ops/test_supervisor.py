import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.postgres import CHECKOUT
from web.ops.instance_lock import lock_data_folder, open_listener
from web.ops.orphan_reaper import OrphanReaper, stop_groups
from web.ops.supervisor import Child, Supervisor
from workflow.base.settings import SettingsError

SLEEPER = "import time, os; print(os.getpid(), flush=True); time.sleep(600)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def eventually(true: Callable[[], object], *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


def child(tmp_path: Path, name: str, program: str) -> Child:
    return Child(name, (sys.executable, "-c", program), tmp_path / f"{name}.log")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(told: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(say=told.append)
    yield made
    made.kill_now = True
    made.stop()


def grandchild(log: Path) -> int:
    assert eventually(lambda: log.exists() and log.read_text(encoding="utf-8").strip())
    return int(log.read_text(encoding="utf-8").split()[-1])


def test_dead_child_is_started_again_at_once(supervisor: Supervisor, told: list[str], tmp_path: Path) -> None:
    web = child(tmp_path, "web", SLEEPER)
    supervisor.add(web)
    assert web.process
    first = web.process.pid
    os.kill(first, signal.SIGKILL)
    assert supervisor.wait_until(lambda: web.is_running and web.process.pid != first, seconds=5)  # type: ignore[union-attr]
    assert told == [f"web ended (SIGKILL), starting it again now: see {web.log}"]


def test_child_that_keeps_dying_is_started_ever_less_often(tmp_path: Path) -> None:
    web = child(tmp_path, "web", "raise SystemExit(3)")
    web.started_at = time.monotonic()
    assert [web.restart_delay() for _ in range(8)] == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_exit_after_a_long_run_counts_as_the_first(tmp_path: Path) -> None:
    web = child(tmp_path, "web", SLEEPER)
    web.exits, web.started_at = 5, time.monotonic() - 60
    assert web.restart_delay() == 0.0


def test_what_a_dead_child_had_started_dies_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    worker = child(tmp_path, "worker", PARENT)
    supervisor.add(worker)
    pid = grandchild(worker.log)
    assert worker.process
    os.kill(worker.process.pid, signal.SIGKILL)
    assert supervisor.wait_until(lambda: not is_alive(pid), seconds=5)


def test_stop_ends_children_and_grandchildren(supervisor: Supervisor, tmp_path: Path) -> None:
    worker = child(tmp_path, "worker", PARENT)
    supervisor.add(child(tmp_path, "broker", SLEEPER))
    supervisor.add(worker)
    pid = grandchild(worker.log)
    supervisor.stop()
    assert not is_alive(pid)
    assert not any(each.is_running for each in supervisor.children)


def test_second_signal_kills_a_child_that_does_not_listen(supervisor: Supervisor, tmp_path: Path) -> None:
    stubborn = child(tmp_path, "stubborn", STUBBORN)
    supervisor.add(stubborn)
    assert eventually(lambda: stubborn.log.read_text(encoding="utf-8"))
    began = time.monotonic()
    supervisor.kill_now = True
    supervisor.stop()
    assert time.monotonic() - began < 3
    assert not stubborn.is_running


OWNER = """
import sys, time
from pathlib import Path
from web.ops.supervisor import Child, Supervisor
supervisor = Supervisor(say=print)
supervisor.add(Child("worker", (sys.executable, "-c", sys.argv[2]), Path(sys.argv[1])))
print("up", flush=True)
supervisor.run()
"""


def test_killed_supervisor_leaves_no_orphans(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(log), PARENT], cwd=CHECKOUT, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"up\n"
        pid = grandchild(log)
        owner.kill()
    assert eventually(lambda: not is_alive(pid))


def test_reaper_kills_what_does_not_listen() -> None:
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, start_new_session=True) as stubborn:
        assert stubborn.stdout
        stubborn.stdout.readline()
        stop_groups([stubborn.pid], seconds=0.2)
        assert stubborn.wait(5) == -signal.SIGKILL


def test_killed_reaper_takes_nothing_with_it(tmp_path: Path) -> None:
    reaper = OrphanReaper()
    reaper.process.kill()
    reaper.process.wait()
    reaper.watch(12345)
    reaper.close()


def test_second_run_on_a_data_folder_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    told = f"already runs on .* \\(process {os.getpid()}\\)"
    with lock_data_folder(tmp_path), pytest.raises(SettingsError, match=told), lock_data_folder(tmp_path):
        pass
    with lock_data_folder(tmp_path):
        pass


def test_port_in_use_is_refused_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} is in use .* choose another"):
            open_listener("127.0.0.1", port)


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(SettingsError, match="no address of this machine"):
        open_listener("203.0.113.7", 8000)
