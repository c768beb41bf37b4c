"""The version of what a live page shows, for the script that asks every two seconds."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web.http import live
from web.http.security import asks

pages = Blueprint("live", __name__)


@pages.get("/zmiany/<token>")
@asks("anyone")
def version(token: str) -> ResponseReturnValue:
    """The signed address is the permission: it is given to those alone who were shown the page."""
    return live.answer(token)
