"""Messages of the inbox, gathered: what is about one talk, and what is of one kind on one day, is one card."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from workflow.base.calendar import warsaw_date
from workflow.comments.messages import Talk, talk_of
from workflow.notifications.inbox import Message
from workflow.rules.topics import Topic

# Topics of what people say to each other: their words stand in the message.
TALK = frozenset({Topic.COMMENTED, Topic.MENTIONED})


class Card(Struct, frozen=True):
    """Similar messages, the latest first."""

    messages: tuple[Message, ...]
    is_talk: bool

    @property
    def first(self) -> Message:
        """The one by which the card is headed: the latest, or what was addressed to its reader and is not read yet."""
        addressed = (one for one in self.messages if one.topic == Topic.MENTIONED and not one.is_read)
        return next(addressed, self.messages[0])

    @property
    def words_of_talks(self) -> list[Message]:
        """The messages of a talk, its words once: of two that tell of the same, what is addressed to the reader."""
        chosen: dict[Talk | int, Message] = {}
        for message in self.messages:
            words = talk_in(message) or message.id
            if words not in chosen or message.topic == Topic.MENTIONED:
                chosen[words] = message
        return list(chosen.values())

    def names(self, message: Message) -> bool:
        """Whether the words of this message stand under its subject: addressed to the reader, but not the head."""
        return message.topic == Topic.MENTIONED and message is not self.first

    @property
    def others(self) -> tuple[Message, ...]:
        return self.messages[1:]

    @property
    def fresh(self) -> int:
        """How many of them nobody has opened, as the menu counts them."""
        return sum(not message.is_read for message in self.messages)

    @property
    def is_read(self) -> bool:
        return not self.fresh


def gathered(messages: Sequence[Message]) -> list[Card]:
    """The messages of a page in cards, in the order of the latest of each."""
    groups: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        is_talk = message.topic in TALK
        place = message.letter.path if is_talk else warsaw_date(message.arrived_at).isoformat()
        groups.setdefault(("talk" if is_talk else message.topic, place), []).append(message)
    return [Card(tuple(found), found[0].topic in TALK) for found in groups.values()]


def talks(messages: Sequence[Message]) -> frozenset[Talk]:
    """The talks that these messages tell of."""
    return frozenset(talk for message in messages if (talk := talk_in(message)))


def talk_in(message: Message) -> Talk | None:
    """The talk that a message tells of; None for any other message."""
    if message.topic not in TALK or message.by is None:
        return None
    return talk_of(message.ref.id, message.by, message.at)


def said(message: Message, words: Mapping[Talk, list[str]]) -> list[str]:
    """What was said in the talk of a message."""
    talk = talk_in(message)
    return words.get(talk, []) if talk else []
