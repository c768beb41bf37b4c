"""Larger requests for the few routes that take a file; anywhere else a request stays small."""

from collections.abc import Callable

from flask import Blueprint, request

from web.http import identity


def let_files_in(pages: Blueprint, endpoint: str, largest: Callable[[], int]) -> None:
    """Let somebody who is signed in send up to `largest()` bytes to one route of the blueprint.

    It comes before everything that reads the form, so that a larger request is refused before it is read.
    """

    def make_room(asked: str | None, _values: object) -> None:
        if asked == endpoint and request.method == "POST" and identity.current() is not None:
            request.max_content_length = largest()

    pages.url_value_preprocessor(make_room)
