"""The template of the public extract of minutes: what everybody may know of a meeting, without votes by name."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.base.i18n import Sentence, _, say
from workflow.documents import minutes
from workflow.documents.blocks import Block, Heading, Items, Paragraph, pairs
from workflow.documents.minutes import decided, outcome_blocks, vote_blocks
from workflow.documents.resolutions import committee
from workflow.rules.bodies import BODIES
from workflow.rules.choices import MOTION_KINDS
from workflow.rules.documents import LANGUAGE

Data = Mapping[str, Any]


def _say(sentence: Sentence) -> str:
    return say(sentence, LANGUAGE)


def title(data: Data) -> Sentence:
    """What the extract is called."""
    return _("Extract of the minutes of meeting no. {number}: {body}", number=data["number"],
             body=BODIES[data["body"]])  # fmt: skip


def blocks(data: Data) -> Iterator[Block]:
    """Head, composition, quorum, agenda, who was recused, each motion with its figures."""
    labels = (_say(_("What")), _say(_("Text")))
    rows = [(_say(label), text) for label, text in minutes.head_rows(data)]
    approved = (_say(_("Minutes approved")), minutes.moment(data["approved_at"]))
    yield pairs(_say(_("The meeting")), labels, [*rows, approved])
    yield from committee(data["members"])
    yield Heading(_say(_("Quorum")))
    yield minutes.quorum_at_start(data)
    yield Heading(_say(_("Agenda")))
    yield Items([minutes.agenda_line(item) for item in data["agenda"]], numbered=True)
    yield Heading(_say(_("Recused from a vote")))
    lines = [_say(_("Motion {number}: {name}", number=motion["number"], name=name))
             for motion in data["motions"] for name in motion["recused"]]  # fmt: skip
    yield Items(lines) if lines else Paragraph(_say(_("Nobody was recused.")))
    for motion in data["motions"]:
        yield Heading(_say(_("Motion {number}: {kind}", number=motion["number"], kind=MOTION_KINDS[motion["kind"]])))
        yield Paragraph(motion["wording"])
        if motion["items"]:
            yield decided(motion["items"], motion=motion["number"])
        if motion["figures"] and motion["poll"]:
            yield from vote_blocks(motion["figures"], motion["poll"])
        yield from outcome_blocks(motion)
