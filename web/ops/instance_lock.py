"""What only one running product may have: the lock of its data folder, and its address."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workflow.base.settings import SettingsError


@contextmanager
def lock_data_folder(data: Path) -> Iterator[None]:
    """Lock the data folder, so that a second `run` on it ends with one sentence."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "run.pid").open("a+") as pid_file:
        try:
            fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid_file.seek(0)
            other = pid_file.read().strip() or "another"
            raise SettingsError(
                f"Partnerstwo already runs on {data} (process {other}): stop it, or set PARTNERSTWO_DATA."
            ) from None
        pid_file.truncate(0)
        pid_file.write(f"{os.getpid()}\n")
        pid_file.flush()
        yield
        pid_file.truncate(0)


def open_listener(host: str, port: int) -> socket.socket:
    """Take the address before anything starts; the socket outlives restarts of the web process."""
    listener = None
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, number)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if listener:
            listener.close()
        raise SettingsError(refusal(host, port, error)) from None
    listener.listen(1024)
    return listener


def refusal(host: str, port: int, error: OSError) -> str:
    """One sentence that says why the address cannot be used, and the remedy."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use by another program: choose another with --port or PORT."
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that you lack: choose one above 1023 with --port or PORT."
    return f"HOST is {host!r}, which is no address of this machine: use 127.0.0.1 or 0.0.0.0."
