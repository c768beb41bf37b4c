"""What minutes say of proxies: who voted for whom, on which paper, and until when."""

from collections.abc import Iterator, Sequence

from workflow.base.i18n import _
from workflow.documents.blocks import Block, Items
from workflow.documents.wording import Data, day, heading, hour, said


def proxy_blocks(proxies: Sequence[Data]) -> Iterator[Block]:
    """The proxies of the meeting; nothing where there were none."""
    if proxies:
        yield heading(_("Proxies"))
        yield Items([_line(proxy) for proxy in proxies])


def _line(proxy: Data) -> str:
    sentence = _("Seat {number} ({giver}) to seat {other} ({receiver}), given on {day}, file: {file}.",
                 number=proxy["from"], giver=proxy["giver"], other=proxy["to"], receiver=proxy["receiver"],
                 day=day(proxy["given_on"]), file=proxy["file"])  # fmt: skip
    if not proxy["ended_at"]:
        return said(sentence)
    ended = _("Ended at {time}.", time=hour(proxy["ended_at"]))
    return f"{said(sentence)} {said(ended)}"


def voter(vote: Data) -> str:
    """Who voted; with the name of whoever did it by proxy."""
    if not vote.get("cast_by"):
        return str(vote["name"])
    return f"{vote['name']} ({said(_('by proxy: {name}', name=vote['cast_by']))})"
