"""The template of the public extract of minutes: what everybody may know of a meeting, without votes by name."""

from collections.abc import Iterator

from workflow.base.i18n import Sentence, _
from workflow.documents import minutes
from workflow.documents.blocks import Block, Items
from workflow.documents.resolutions import committee
from workflow.documents.wording import Data, heading, moment, paragraph, particulars, said
from workflow.rules.bodies import BODIES


def title(data: Data) -> Sentence:
    """What the extract is called."""
    return _("Extract of the minutes of meeting no. {number}: {body}", number=data["number"],
             body=BODIES[data["body"]])  # fmt: skip


def blocks(data: Data) -> Iterator[Block]:
    """Head, composition, quorum, agenda, who was recused, each motion with its figures."""
    approved = (_("Minutes approved"), moment(data["approved_at"]))
    yield particulars(_("The meeting"), [*minutes.head_rows(data), approved])
    yield from committee(data["members"])
    yield heading(_("Quorum"))
    yield minutes.quorum_at_start(data)
    yield heading(_("Agenda"))
    yield Items([minutes.agenda_line(item) for item in data["agenda"]], numbered=True)
    yield heading(_("Recused from a vote"))
    lines = [said(_("Motion {number}: {name}", number=motion["number"], name=name))
             for motion in data["motions"] for name in motion["recused"]]  # fmt: skip
    yield Items(lines) if lines else paragraph(_("Nobody was recused."))
    for motion in data["motions"]:
        yield from minutes.motion_blocks(motion, by_name=False)
