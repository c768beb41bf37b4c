"""A mail server in a process of its own, the same one for every contestant: it accepts and forgets."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.smtp_sink import SmtpSink


class Forgetful(SmtpSink):
    """Counts letters instead of keeping them."""

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        return "250 accepted"


@contextmanager
def running() -> Iterator[int]:
    """The port of a mail server that runs until the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.communicate("")


def main() -> None:
    """Listen until standard input ends."""
    sink = Forgetful()
    sink.start()
    print(sink.port, flush=True)
    sys.stdin.read()
    sink.stop()


if __name__ == "__main__":
    main()
