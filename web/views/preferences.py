"""The groups of topics and the paces in words, and why some letters cannot be switched off."""

from collections.abc import Mapping

from msgspec import Struct

from web.http.template_context import say
from workflow.base.i18n import Sentence, _
from workflow.notifications.preferences import FIXED, PACES, Pace
from workflow.notifications.topic_groups import TopicGroup
from workflow.notifications.unsubscribing import DIGESTS

GROUPS: Mapping[TopicGroup, Sentence] = {
    TopicGroup.ACCOUNT: _("Signing in and invitations"),
    TopicGroup.DECISIONS: _("Decisions about your projects, and receipts"),
    TopicGroup.CALLS: _("What you are asked to do, and reminders of terms"),
    TopicGroup.OFFICE: _("What comes to the office or the committee where you work"),
    TopicGroup.PROJECTS: _("How your projects go on"),
    TopicGroup.PEOPLE: _("People of your groups"),
    TopicGroup.TALK: _("Talks and suggested texts"),
    TopicGroup.PROGRAMME: _("Editions, conferences and other groups' projects"),
}
# Why letters of a group come at once, or have to come at all.
WHY: Mapping[TopicGroup, Sentence] = {
    TopicGroup.ACCOUNT: _("Always at once: without these letters nobody can sign in or accept an invitation."),
    TopicGroup.DECISIONS: _("Always at once: a term to appeal may run from the letter."),
    TopicGroup.CALLS: _("Always at once: somebody waits for you, and a term runs."),
    TopicGroup.OFFICE: _("Cannot be switched off: others wait for what the office does."),
}
# Answers in the form of the question; and everything that comes in digests.
PACES_IN_WORDS: Mapping[str, Sentence] = {
    Pace.AT_ONCE: _("At once"),
    Pace.DAILY: _("Together, in the morning of the next working day"),
    Pace.WEEKLY: _("Together, once a week on Monday"),
    Pace.NEVER: _("Never, I read it in the inbox"),
    DIGESTS: _("Letters that come together, daily or weekly"),
}


class PreferenceLine(Struct, frozen=True):
    """One group of topics on the page."""

    name: str
    label: str
    why: str
    chosen: str
    options: tuple[tuple[str, str], ...]

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to choose."""
        return not self.options


def lines(chosen: Mapping[TopicGroup, str], *, in_office: bool) -> tuple[PreferenceLine, ...]:
    """The groups in their order, those with a choice first; what comes to an office only for whoever works in one."""
    shown = [group for group in TopicGroup if in_office or group is not TopicGroup.OFFICE]
    groups = sorted(shown, key=lambda group: group in FIXED)
    return tuple(
        PreferenceLine(
            group.value, say(GROUPS[group]), say(WHY[group]) if group in WHY else "",
            chosen.get(group, Pace.AT_ONCE),
            () if group in FIXED else tuple((pace.value, say(PACES_IN_WORDS[pace])) for pace in PACES[group]),
        )
        for group in groups
    )  # fmt: skip
