"""Static text files go out compressed, each compressed once; pages never, for they hold secrets.

A page holds the token of its forms beside words that come from its address. Compressed together, the length of the
answer would tell a listener which guess of the token was right (the BREACH attack); a style sheet has no secrets.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request
from werkzeug.security import safe_join

TEXTS = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml", "text/plain"})
# Below this a compressed file fits into as many packets as the plain one.
SMALLEST = 500


@lru_cache(maxsize=64)
def compressed(path: str, _changed: int) -> bytes:
    """The content of a file, compressed; a file that was changed since is compressed anew."""
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)


def compress_static(response: Response) -> Response:
    """Serve a file of ours compressed to a browser that takes it so; its tag becomes weak, for its bytes differ."""
    if request.endpoint != "static" or response.mimetype not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings.quality("gzip"):
        return response
    path = safe_join(current_app.static_folder or "", (request.view_args or {}).get("filename", ""))
    if path is None or (file := Path(path)).stat().st_size < SMALLEST:
        return response
    etag, _weak = response.get_etag()
    # The opened file is not going to be read.
    response.close()
    response.direct_passthrough = False
    response.set_data(compressed(path, file.stat().st_mtime_ns))
    response.content_encoding = "gzip"
    response.accept_ranges = "none"
    if etag:
        response.set_etag(etag, weak=True)
    return response


def init_app(app: Flask) -> None:
    """Compress static files in every answer of the application."""
    app.after_request(compress_static)
