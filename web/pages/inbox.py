"""The inbox: the same messages as in the letters, for those who would rather read them here."""

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks
from web.views import inbox as views
from workflow.comments.messages import words_of
from workflow.notifications import deliveries
from workflow.notifications import inbox as queries

pages = Blueprint("inbox", __name__)


@pages.get("/skrzynka")
@asks("signed_in")
def show() -> ResponseReturnValue:
    before = request.args.get("before", "")
    below = int(before) if before.isdecimal() and len(before) < 18 else None
    with reading() as tx:
        page = queries.messages(tx, identity.reader().id, language=identity.language(), before=below)
        words = words_of(tx, identity.reader().id, views.talks(page.messages))
    next_url = url_for(".show", before=page.before) if page.before else None
    return render_template(
        "inbox/inbox.html", page=page, cards=views.gathered(page.messages), said=partial(views.said, words=words),
        next_url=next_url, is_first=below is None,
    )  # fmt: skip


@pages.post("/skrzynka/przeczytane")
@asks("signed_in")
def read() -> ResponseReturnValue:
    chosen = [int(text) for text in request.form.getlist("message") if text.isdecimal() and len(text) < 18]
    with writing() as tx:
        deliveries.mark_read(tx, identity.reader().id, at=identity.at(), ids=chosen)
    return redirect(url_for(".show"), 303)
