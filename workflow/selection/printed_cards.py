"""Ballot cards of a secret vote of a meeting, to be printed: one for each member who votes, numbered, no name."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, func, select

from workflow.base.errors import found, not_ready
from workflow.base.i18n import Sentence, _, say
from workflow.documents.handouts import Handout, HandoutKind, handouts_pdf
from workflow.models import Edition, Elector, Meeting, Poll
from workflow.rules.bodies import BODIES
from workflow.rules.documents import LANGUAGE
from workflow.rules.states import PollState


class BallotCard(Struct, frozen=True):
    """What stands on every card of a vote, and how many there are."""

    edition: str
    body: str
    meeting: int
    motion: int
    question: str
    count: int


def card_of_poll(tx: Connection, poll_id: int) -> BallotCard:
    """The card of an open secret vote; NotFound without such a vote, NotReady where it is by name or not open."""
    p, m = Poll, Meeting
    query = select(Edition.title, m.body, m.number, p.motion_number, p.question, p.secret, p.state)
    query = query.join(m, m.id == p.meeting_id).join(Edition, Edition.id == p.edition_id).where(p.id == poll_id)
    row = found(tx.execute(query).one_or_none())
    if not row.secret or row.state != PollState.OPEN:
        raise not_ready("no_cards", _("Cards are printed of a secret vote while it is open."))
    e = Elector
    voters = select(func.count()).select_from(e).where(e.poll_id == poll_id, e.recused.is_(False))
    return BallotCard(*row[:5], tx.execute(voters).scalar_one())


def ballot_cards(card: BallotCard, choices: Sequence[Sentence], *, at: datetime) -> bytes:
    """The cards as tagged PDF, four a page; a number is given to nobody by name, and stands on no counted ballot."""
    over = say(_("{edition}. {body}, meeting no. {meeting}, motion {motion}. Secret vote.", edition=card.edition,
                 body=BODIES[card.body], meeting=card.meeting, motion=card.motion), LANGUAGE)  # fmt: skip
    options = tuple(say(choice, LANGUAGE) for choice in choices)
    before = say(_("Put a cross into one box."), LANGUAGE)
    items = [
        Handout(card.question, over=over, before=before, options=options,
                code=say(_("Card no. {number}", number=number), LANGUAGE))
        for number in range(1, card.count + 1)
    ]  # fmt: skip
    title = say(_("Ballot cards"), LANGUAGE)
    return handouts_pdf(HandoutKind.BALLOTS, items, title=f"{title}: {card.question}", issuer=card.edition, at=at)
