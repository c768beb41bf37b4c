"""What minutes say of proxies: who voted for whom, on which paper, and until when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow.base.i18n import _, format_date, format_time, say
from workflow.documents.blocks import Block, Heading, Items
from workflow.rules.documents import LANGUAGE

Data = Mapping[str, Any]


def proxy_blocks(proxies: Sequence[Data]) -> Iterator[Block]:
    """The proxies of the meeting; nothing where there were none."""
    if proxies:
        yield Heading(say(_("Proxies"), LANGUAGE))
        yield Items([_line(proxy) for proxy in proxies])


def _line(proxy: Data) -> str:
    day = format_date(datetime.fromisoformat(proxy["given_on"]).date(), LANGUAGE)
    sentence = _("Seat {number} ({giver}) to seat {other} ({receiver}), given on {day}, file: {file}.",
                 number=proxy["from"], giver=proxy["giver"], other=proxy["to"], receiver=proxy["receiver"], day=day,
                 file=proxy["file"])  # fmt: skip
    if not proxy["ended_at"]:
        return say(sentence, LANGUAGE)
    ended = _("Ended at {time}.", time=format_time(datetime.fromisoformat(proxy["ended_at"]), LANGUAGE))
    return f"{say(sentence, LANGUAGE)} {say(ended, LANGUAGE)}"


def voter(vote: Data) -> str:
    """Who voted; with the name of whoever did it by proxy."""
    if not vote.get("cast_by"):
        return str(vote["name"])
    return f"{vote['name']} ({say(_('by proxy: {name}', name=vote['cast_by']), LANGUAGE)})"
