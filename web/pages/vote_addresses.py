"""Addresses to which motions, votes and proxies are sent, opened as pages: each leads back to its meeting.

A refusal leaves such an address in the browser, and reading it again must not end at an error.
"""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from web.http.security import asks
from web.pages.meetings import meeting_of, seen
from workflow.rules.facts import Ref

pages = Blueprint("vote_addresses", __name__)


@pages.get("/posiedzenia/<int:meeting_id>/wniosek/<int:number>/glosowanie")
@pages.get("/posiedzenia/<int:meeting_id>/wniosek/<int:number>/rece")
@asks("see_own_meetings")
def of_motion(meeting_id: int, number: int) -> ResponseReturnValue:
    return back_to(meeting_id, f"wniosek-{number}")


@pages.get("/posiedzenia/<int:meeting_id>/pelnomocnictwo")
@asks("see_own_meetings")
def of_proxies(meeting_id: int) -> ResponseReturnValue:
    return back_to(meeting_id, "proxies")


@pages.get("/posiedzenia/<int:meeting_id>/obecni")
@asks("see_own_meetings")
def of_arrivals(meeting_id: int) -> ResponseReturnValue:
    return back_to(meeting_id, "seats")


@pages.get("/glosowania/<int:poll_id>/glos")
@pages.get("/glosowania/<int:poll_id>/glos-tajny")
@pages.get("/glosowania/<int:poll_id>/wymiana")
@pages.get("/glosowania/<int:poll_id>/rece")
@pages.get("/glosowania/<int:poll_id>/karty")
@pages.get("/glosowania/<int:poll_id>/karty/skan")
@pages.get("/glosowania/<int:poll_id>/karty/uniewaznij")
@asks("see_own_meetings")
def of_poll(poll_id: int) -> ResponseReturnValue:
    return redirect(url_for("meetings.show", meeting_id=meeting_of(poll_id)), 303)


@pages.get("/glosowania/<int:poll_id>/miejsce/<int:seat_id>/glos")
@pages.get("/glosowania/<int:poll_id>/miejsce/<int:seat_id>/karta")
@asks("see_own_meetings")
def of_seat(poll_id: int, seat_id: int) -> ResponseReturnValue:  # noqa: ARG001 - a part of the address
    return redirect(url_for("meetings.show", meeting_id=meeting_of(poll_id)), 303)


def back_to(meeting_id: int, part: str) -> ResponseReturnValue:
    """To a part of the page of a meeting; NotFound where there is no such meeting for the reader."""
    seen(Ref("meeting", meeting_id))
    return redirect(url_for("meetings.show", meeting_id=meeting_id, _anchor=part), 303)
