"""Lists of participants in the browser: sent in, mapped on the screen, looked through, accepted, loaded by a job."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from web.forms import participant_lists as forms
from web.http import errors, identity
from web.http.resources import reading, resources, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.http.uploads import let_files_in
from web.pages.board import edition_for
from web.views import exports
from web.views.list_columns import PROBLEMS, RESULT
from workflow.base.errors import NotFound
from workflow.base.i18n import _
from workflow.operations.jobs import rows
from workflow.operations.jobs.files import folder_of
from workflow.operations.jobs.kinds import JobKind
from workflow.participant_lists import uploads
from workflow.participant_lists.accepted import read_lines
from workflow.participant_lists.commands import limits_of, sectors_of
from workflow.participant_lists.headings import LABELS, guess
from workflow.participant_lists.loading import plan_of
from workflow.participant_lists.plan import Outcome
from workflow.participant_lists.reading import read_people, read_table, too_large
from workflow.participant_lists.records import records_of
from workflow.participant_lists.tables import MEGABYTE, Limits, Table, Unreadable
from workflow.participant_lists.uploads import SentList

pages = Blueprint("participant_lists", __name__)
SHOWN_PROBLEMS, SHOWN_LINES = 100, 50


def limits() -> Limits:
    """The limits of this installation."""
    return limits_of(resources().settings)


let_files_in(pages, "participant_lists.send", lambda: limits().size + MEGABYTE)


@pages.errorhandler(RequestEntityTooLarge)
def refuse_size(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Refused by its announced size, unread."""
    key = (request.view_args or {}).get("edition_key", "")
    try:
        return start_page(key, say(too_large(limits()))), 413
    except NotFound:
        return errors.on_http(error)


@pages.get("/edycje/<edition_key>/osoby/import")
@asks("staff")
def start(edition_key: str) -> ResponseReturnValue:
    return start_page(edition_key)


def start_page(edition_key: str, error: str = "") -> str:
    """Where a list is sent in, with those that were sent before."""
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        lists = uploads.lists_of(tx, edition["id"], identity.reader().id)
    return render_template(
        "participant_lists/start.html", own=edition, lists=lists, error=error, most=limits().size // MEGABYTE,
        largest=limits().size,
        rows=limits().rows,
    )  # fmt: skip


@pages.post("/edycje/<edition_key>/osoby/import")
@asks("staff")
def send(edition_key: str) -> ResponseReturnValue:
    file, data = request.files.get("file"), resources().settings.data
    if file is None or not file.filename:
        return start_page(edition_key, say(_("Choose the file with the list."))), 422
    key = ""
    try:
        key, size = uploads.receive(data, file.stream, limits())
        table = read_people(data / uploads.FOLDER / key, limits())
        with writing() as tx:
            number = uploads.keep(
                tx, edition_of_request() or 0, name=file.filename, key=key, size=size, owner_id=identity.reader().id,
                at=identity.at(),
            )  # fmt: skip
            choice = guess(table)
            uploads.choose(tx, number, sheet=table.sheet, heading=choice.heading, columns=choice.columns)
    except Unreadable as refusal:
        if key:
            uploads.remove_bytes(data, key)
        return start_page(edition_key, say(refusal.fields["file"])), 422
    return redirect(url_for(".show", edition_key=edition_key, list_id=number), 303)


def _find(tx: Connection, list_id: int) -> SentList:
    return uploads.find_list(tx, list_id, edition_id=edition_of_request() or 0, owner_id=identity.reader().id)


def _table(sent: SentList, sheet: int | None = None) -> Table:
    path = uploads.path_of(resources().settings.data, sent)
    return read_table(path, limits(), sheet=sent.sheet if sheet is None else sheet)


@pages.get("/edycje/<edition_key>/osoby/import/<int:list_id>")
@asks("staff")
def show(edition_key: str, list_id: int) -> ResponseReturnValue:
    return list_page(edition_key, list_id)


def list_page(edition_key: str, list_id: int, error: str = "") -> str:
    """The columns of a list and what loading it would do; once it is loaded, what became of it."""
    with reading() as tx:
        edition, sent = edition_for(tx, edition_key), _find(tx, list_id)
        if sent.loaded_at or not sent.is_there:
            return render_template("participant_lists/over.html", own=edition, sent=sent, result=sent.result)
        table = _table(sent)
        choice = sent.choice or guess(table)
        plan = plan_of(tx, edition["id"], records_of(table, choice, sectors=sectors_of(tx, edition["id"])))
    return render_template(
        "participant_lists/list.html", own=edition, sent=sent, table=table, choice=choice, plan=plan, error=error,
        columns=forms.columns_of(table, choice), options=forms.options(), first_rows=forms.first_rows(table),
        problems=plan.problems[:SHOWN_PROBLEMS], changing=sum(line.changes for line in plan.lines),
        lines=plan.lines[:SHOWN_LINES], encoding=say(forms.ENCODINGS[table.encoding]),
        labels={column: say(label) for column, label in LABELS.items()},
        counts={outcome: plan.count(outcome) for outcome in Outcome},
    )  # fmt: skip


@pages.post("/edycje/<edition_key>/osoby/import/<int:list_id>")
@asks("staff")
def choose(edition_key: str, list_id: int) -> ResponseReturnValue:
    chosen = forms.sent()
    with reading() as tx:
        sent = _find(tx, list_id)
    try:
        table = _table(sent, chosen.sheet)
    except Unreadable as refusal:
        return list_page(edition_key, list_id, say(refusal.fields["file"])), 422
    heading, columns = chosen.heading, chosen.columns
    if chosen.anew or table.sheet != sent.sheet:
        choice = forms.anew(table, chosen, sheet_changed=table.sheet != sent.sheet)
        heading, columns = choice.heading, dict(choice.columns)
    with writing() as tx:
        uploads.choose(tx, list_id, sheet=table.sheet, heading=heading, columns=columns)
    return redirect(url_for(".show", edition_key=edition_key, list_id=list_id), 303)


@pages.post("/edycje/<edition_key>/osoby/import/<int:list_id>/zaladuj")
@asks("staff")
def accept(edition_key: str, list_id: int) -> ResponseReturnValue:
    at, digest = identity.at(), request.form.get("digest", "")
    with reading() as tx:
        sent = _find(tx, list_id)
        if sent.job_id is not None:
            return redirect(url_for("jobs.show", job_id=sent.job_id), 303)
        table = _table(sent)
        records = records_of(table, sent.choice or guess(table), sectors=sectors_of(tx, sent.edition_id))
        plan = plan_of(tx, sent.edition_id, records)
    if plan.problems or plan.digest != digest:
        return list_page(edition_key, list_id, say(_("Something has changed since you looked. Look at it again."))), 409
    with writing() as tx:
        title = say(_("List of people: {name}", name=sent.name))
        job = rows.ask(
            tx, JobKind.PARTICIPANT_LIST, title=title, owner_id=sent.owner_id, edition_id=sent.edition_id, at=at
        )
        uploads.accept(tx, list_id, digest=digest, job_id=job, at=at)
    return redirect(url_for("jobs.show", job_id=job), 303)


@pages.post("/edycje/<edition_key>/osoby/import/<int:list_id>/usun")
@asks("staff")
def remove(edition_key: str, list_id: int) -> ResponseReturnValue:
    with writing() as tx:
        sent = _find(tx, list_id)
        uploads.remove(tx, list_id, at=identity.at())
    uploads.remove_bytes(resources().settings.data, sent.storage_key)
    gone = _("The list is removed.") if sent.loaded_at else _("The list is removed. Nobody was loaded from it.")
    flash(say(gone), "success")
    return redirect(url_for(".start", edition_key=edition_key), 303)


@pages.get("/edycje/<edition_key>/osoby/import/zadanie/<int:job_id>")
@asks("staff")
def of_job(edition_key: str, job_id: int) -> ResponseReturnValue:
    with reading() as tx:
        sent = uploads.list_of_job(tx, job_id, owner_id=identity.reader().id)
    return redirect(url_for(".show", edition_key=edition_key, list_id=sent.id), 303)


@pages.get("/edycje/<edition_key>/osoby/import/<int:list_id>/wynik.csv")
@asks("staff")
def result_file(edition_key: str, list_id: int) -> ResponseReturnValue:
    """What became of each row, or every problem of a list that is not loaded yet."""
    with reading() as tx:
        sent = _find(tx, list_id)
        if sent.loaded_at and sent.job_id:
            return _file("result", read_lines(folder_of(resources().settings.data, sent.job_id)), edition_key)
        table = _table(sent)
        records = records_of(table, sent.choice or guess(table), sectors=sectors_of(tx, sent.edition_id))
        plan = plan_of(tx, sent.edition_id, records)
    return _file("problems", plan.problems, edition_key)


def _file(kind: str, lines: Any, edition_key: str) -> Response:
    columns, name = (RESULT, "wynik") if kind == "result" else (PROBLEMS, "problemy")
    return exports.attachment("csv", exports.write("csv", lines, columns), f"{edition_key}-lista-{name}")
