"""The smallest application that a web process can serve, for tests of the process itself."""

import time
from collections.abc import Callable, Iterable
from typing import Any

# More than the system itself buffers for a connection.
LARGE = 8 * 1024 * 1024


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """`/large` answers many megabytes, `/slow` takes its time, everything else tells the length of the body."""
    path = environ["PATH_INFO"]
    if path == "/slow":
        time.sleep(0.6)
    body = b"x" * LARGE if path == "/large" else str(len(environ["wsgi.input"].read())).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
