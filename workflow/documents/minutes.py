"""The template of minutes: what the rows of a meeting say, in the words of an office."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from workflow.base.i18n import Sentence, _, format_money
from workflow.documents.annulled_votes import annulled_votes
from workflow.documents.blocks import Block, Grid, Items, Paragraph
from workflow.documents.proxies import proxy_blocks, voter
from workflow.documents.wording import Data, day, heading, hour, moment, paragraph, particulars, said, table
from workflow.rules.bodies import BODIES, FUNCTIONS, Capacity
from workflow.rules.choices import (
    MEETING_FORMS,
    MOTION_KINDS,
    OUTCOMES_OF_DECISIONS,
    OUTCOMES_OF_MOTIONS,
    TIES_BROKEN_BY,
    VOTES,
)
from workflow.rules.documents import LANGUAGE
from workflow.rules.reckoning import Condition, counted, needed
from workflow.rules.session import MotionKind
from workflow.rules.vote_settings import rules_of
from workflow.voting.counting.score_cards import two_decimals


def title(data: Data) -> Sentence:
    """What the minutes are called."""
    return _("Minutes of meeting no. {number}: {body}", number=data["number"], body=BODIES[data["body"]])


def blocks(data: Data) -> Iterator[Block]:
    """Everything that minutes say, in the order in which a meeting goes."""
    yield particulars(_("The meeting"), head_rows(data))
    yield from _attendance(data)
    yield heading(_("Agenda"))
    yield Items([agenda_line(item) for item in data["agenda"]], numbered=True)
    yield from _recusals(data["motions"])
    yield from _scores(data.get("scores", ()))
    yield from _ties(data.get("ties", ()))
    for motion in data["motions"]:
        yield from motion_blocks(motion, data["annulled"])
    if not data["motions"]:
        yield paragraph(_("No motion was put."))
    yield from _sheets(data["motions"])


def head_rows(data: Data) -> list[tuple[Sentence, str]]:
    """What stands on top of minutes and of their extract."""
    chair = data["chair"]
    presided = f"{chair['name']} ({said(FUNCTIONS[chair['function']])})" if chair else ""
    return [
        (_("Body"), said(BODIES[data["body"]])), (_("Number of the meeting"), str(data["number"])),
        (_("Edition"), data["edition"]), (_("Form of the meeting"), said(MEETING_FORMS[data["form"]])),
        (_("Place"), data["place"]), (_("Convened"), moment(data["convened_at"])),
        (_("Begun"), moment(data["begun_at"])), (_("Ended"), moment(data["ended_at"])),
        (_("Chaired by"), presided), (_("Minutes taken by"), data["minute_taker"]),
    ]  # fmt: skip


def _attendance(data: Data) -> Iterator[Block]:
    yield heading(_("Attendance"))
    columns = (_("Seat"), _("Person"), _("Sector and organisation"), _("Time of presence"))
    rows = [(str(seat["number"]), _who(seat), ", ".join(filter(None, (seat["sector"], seat["organisation"]))),
             _presence(seat)) for seat in data["seats"]]  # fmt: skip
    yield table(_("Attendance by seat"), columns, rows, widths=(1, 4, 4, 4))
    yield from proxy_blocks(data.get("proxies", ()))
    for stop in data.get("adjournments", ()):
        yield paragraph(_("Adjourned at {moment} until {until}. Reason: {reason}", moment=moment(stop["at"]),
                          until=moment(stop["until"]), reason=stop["reason"]))  # fmt: skip
    yield heading(_("Quorum"))
    yield quorum_at_start(data)


def quorum_at_start(data: Data) -> Paragraph:
    """How many were present when the meeting began, and how many were needed."""
    quorum, present, filled = rules_of(data["rules"]).quorum, data["present_at_start"], data["filled"]
    return paragraph(_("At the beginning {present} of {filled} seats were present, {needed} are needed.",
                       present=present, filled=filled, needed=needed(quorum, filled)))  # fmt: skip


def _who(seat: Data) -> str:
    """The name in a seat with its function; substitutes are named as such."""
    function = said(FUNCTIONS[seat["function"]])
    names = [f"{line['name']} ({said(_('substitute'))})" if line["capacity"] == Capacity.SUBSTITUTE else line["name"]
             for line in seat["attendance"]]  # fmt: skip
    name = "; ".join(dict.fromkeys(names)) or seat["holder"] or said(_("vacant seat"))
    return f"{name}, {function}"


def _presence(seat: Data) -> str:
    if seat["attendance"]:
        return "; ".join(map(_stay, seat["attendance"]))
    absence = seat["absence"]
    if not seat["holder"] or absence is None:
        return said(_("absent"))
    word = said(_("absent, excused") if absence["excused"] else _("absent, not excused"))
    return f"{word}: {absence['reason']}" if absence["reason"] else word


def _stay(line: Data) -> str:
    if line["left_at"] is None:
        return said(_("from {time} until the end", time=hour(line["arrived_at"])))
    return said(_("from {time} until {left}", time=hour(line["arrived_at"]), left=hour(line["left_at"])))


def agenda_line(item: Data) -> str:
    """A point of the agenda, with the project that it is about."""
    if item["project"] is None:
        return str(item["title"])
    return f"{item['title']} ({said(_('project no. {number}', number=item['project']))})"


def _recusals(motions: Sequence[Data]) -> Iterator[Block]:
    yield heading(_("Conflicts of interest and recusals"))
    lines = [
        said(_("Motion {number}: {name} did not vote. Reason: {reason}", number=motion["number"], name=vote["name"],
               reason=vote["reason"]))
        for motion in motions if motion["poll"] for vote in motion["poll"]["votes"] if vote["recused"]
    ]  # fmt: skip
    yield Items(lines) if lines else paragraph(_("Nobody was recused."))


def _ties(ties: Sequence[Data]) -> Iterator[Block]:
    """The ties that were broken: between which projects, by what, and in which order they were taken."""
    if not ties:
        return
    yield heading(_("Ties and how they were broken"))
    lines = []
    for tie in ties:
        sentence = _("Projects {members}: {how}, in the order {order}.", members=", ".join(map(str, tie["members"])),
                     how=TIES_BROKEN_BY[tie["broken_by"]], order=", ".join(map(str, tie["order"])))  # fmt: skip
        lines.append(f"{said(sentence)} {tie['words']}".strip())
    yield Items(lines)
    draw = next((tie["draw"] for tie in ties if tie.get("draw")), None)
    if draw:
        yield paragraph(_("Digest of the seed, recorded at {moment}: {code}.", moment=moment(draw["committed_at"]),
                          code=spaced(draw["commitment"])))  # fmt: skip
        yield paragraph(_("Seed: {code}. Word said aloud: {word}.", code=spaced(draw["seed"]), word=draw["word"]))


def _scores(scores: Sequence[Data]) -> Iterator[Block]:
    """What score cards said, in minutes generated before scores became an annex of each reader's own page.

    Everybody who signs or reads minutes gets the same text, also whoever has a conflict of interest, so new ones have
    no scores.
    """
    if not scores:
        return
    yield heading(_("Score cards"))
    columns = (_("Project"), _("Number of cards"), _("Mean"), _("Median"), _("Spread"))
    rows = [(f"{line['project']}. {line['title']}", str(line["cards"]),
             *(_score(line[name]) for name in ("mean", "median", "spread"))) for line in scores]  # fmt: skip
    yield table(_("Scores of the projects"), columns, rows, widths=(5, 2, 2, 2, 2), numbers={1, 2, 3, 4})


def _score(fraction: str) -> str:
    """A score of the data as it is shown, rounded half up."""
    return two_decimals(Fraction(fraction)).replace(".", ",")


def motion_blocks(motion: Data, annulled: Sequence[Data] = (), *, by_name: bool = True) -> Iterator[Block]:
    """A motion from its wording to its outcome; with `by_name` also who voted how."""
    yield heading(_("Motion {number}: {kind}", number=motion["number"], kind=MOTION_KINDS[motion["kind"]]))
    yield Paragraph(motion["wording"])
    if motion["items"]:
        yield decided(motion["items"], motion=motion["number"])
    yield from annulled_votes(annulled, motion["number"])
    if motion["figures"] and motion["poll"]:
        yield from vote_blocks(motion["figures"], motion["poll"], motion=motion["number"] if by_name else None)
    yield from outcome_blocks(motion)


def decided(items: Sequence[Data], *, motion: int | None = None) -> Grid:
    """What is decided about each project, with the reasons; named by its motion where there may be several."""
    about = _("Decisions about projects")
    if motion is not None:
        about = _("Decisions about projects, motion {number}", number=motion)
    columns = (_("Project"), _("Cost"), _("Decision"), _("Justification"))
    rows = [(f"{item['project']}. {item['title']}", format_money(item["cost"], LANGUAGE), outcome(item),
             item["justification"]) for item in items]  # fmt: skip
    return table(about, columns, rows, widths=(4, 2, 3, 4), numbers={1})


def outcome(item: Data) -> str:
    """What is decided about a project, with its position on the reserve list."""
    label = said(OUTCOMES_OF_DECISIONS[item["outcome"]])
    return f"{label} ({item['position']})" if item["position"] else label


def vote_blocks(figures: Data, poll: Data, *, motion: int | None = None) -> Iterator[Block]:
    """A counted vote: its time, figures, each condition; with the number of the motion also who voted how."""
    yield heading(_("The vote"), level=3)
    opened, closed, hands = hour(poll["opened_at"]), hour(poll["closed_at"]), poll.get("hands")
    if hands:
        way = _("Vote by hands, opened at {opened}, closed at {closed}, counted by two people.", opened=opened,
                closed=closed)  # fmt: skip
    elif poll.get("secret"):
        way = _("Secret vote, opened at {opened}, closed at {closed}.", opened=opened, closed=closed)
    else:
        way = _("Vote by name, opened at {opened}, closed at {closed}.", opened=opened, closed=closed)
    yield paragraph(way)
    yield paragraph(_("For: {ayes}, against: {noes}, abstained: {rest}.", ayes=figures["for"], noes=figures["against"],
                      rest=figures["abstain"]))  # fmt: skip
    if cards := figures.get("cards"):
        sentence = _("Cards: {valid} valid, {spoiled} spoiled, {missing} missing.", valid=cards["in_box"],
                     spoiled=cards["spoiled"], missing=cards["missing"])  # fmt: skip
        yield paragraph(sentence)
        if motion is not None:
            yield paragraph(_("The cards were typed alike by: {names}.", names=", ".join(poll["clerks"])))
    conditions = counted(figures, rules_of(poll["rules"]))
    yield Items([f"{said(line.label)}: {said(line.text)}" + _failed(line) for line in conditions])
    yield paragraph(_("SHA-256 of the result file: {code}", code=spaced(poll["file_digest"])))
    if motion is not None and hands:
        yield paragraph(_("The hands were counted alike by: {names}.", names=", ".join(hands["clerks"])))
        rows = [(line["sector"], *(str(line[choice]) for choice in VOTES)) for line in hands["lines"]]
        columns = (_("Sector"), *VOTES.values())
        yield table(_("Hands on motion {number}", number=motion), columns, rows, widths=(3, 1, 1, 1))
    elif motion is not None and poll.get("secret"):
        rows = [(voter(vote), vote["sector"], _part(vote)) for vote in poll["votes"]]
        columns = (_("Person"), _("Sector"), _("Part in the vote"))
        yield table(_("Who voted on motion {number}", number=motion), columns, rows, widths=(3, 3, 4))
    elif motion is not None:
        rows = [(voter(vote), vote["sector"], _vote(vote)) for vote in poll["votes"]]
        columns = (_("Person"), _("Sector"), _("Vote"))
        yield table(_("Votes by name on motion {number}", number=motion), columns, rows, widths=(3, 3, 4))


def _failed(condition: Condition) -> str:
    return "" if condition.holds is not False else " " + said(_("The condition does not hold."))


def _vote(vote: Data) -> str:
    if vote["recused"]:
        return said(_("recused: {reason}", reason=vote["reason"]))
    word = said(VOTES[vote["choice"]]) if vote["choice"] else said(_("did not vote"))
    return f"{word} ({said(_('by hand'))})" if vote["channel"] == "hands" else word


def _part(vote: Data) -> str:
    """What the minutes say of a member in a secret vote: whether a ballot was cast, never which."""
    if vote["recused"]:
        return said(_("recused: {reason}", reason=vote["reason"]))
    return said(_("cast a ballot") if vote["voted"] else _("did not vote"))


def outcome_blocks(motion: Data) -> Iterator[Block]:
    """What became of a motion, and the resolution that it became."""
    yield paragraph(_("Outcome: {outcome}.", outcome=OUTCOMES_OF_MOTIONS[motion["outcome"]]), strong=True)
    resolution = motion["resolution"]
    if resolution:
        sentence = _("Resolution no. {number}/{year} was adopted on {day}.", number=resolution["number"],
                     year=resolution["year"], day=day(resolution["adopted_on"]))  # fmt: skip
        yield paragraph(sentence, strong=True)


def _sheets(motions: Sequence[Data]) -> Iterator[Block]:
    """The annex: which version of each sheet was before the meeting."""
    items = {(item["project"], item["digest"]): item
             for motion in motions if motion["kind"] == MotionKind.DECIDE for item in motion["items"]}  # fmt: skip
    if not items:
        return
    yield heading(_("Annex: versions of the project sheets"))
    columns = (_("Project"), _("Version"), _("Receipt"), _("Digest (SHA-256)"))
    rows = [(f"{item['project']}. {item['title']}", str(item["version"] or ""), item["receipt"] or "",
             spaced(item["digest"])) for _key, item in sorted(items.items())]  # fmt: skip
    yield table(_("Versions that were decided about"), columns, rows, widths=(4, 1, 3, 5))


def spaced(digest: str) -> str:
    """A digest in groups of eight, so that a line can break between them."""
    return " ".join(digest[n : n + 8] for n in range(0, len(digest), 8))
