"""The declaration of impartiality: the text that a member reads before answering, with its version and digest."""

from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct

# Another wording is another version: declarations name the one on which they were made.
VERSION = "1"
TEXTS: Mapping[str, str] = {
    "pl": (
        "Oświadczam, że wobec projektu, przy którym zaznaczam „bez konfliktu”, nie zachodzą okoliczności, które "
        "mogą budzić wątpliwości co do mojej bezstronności. W szczególności: nie pracuję i nie pracowałam ani "
        "nie pracowałem w grupie tego projektu; nie należę do organizacji, do której należy ktoś z tej grupy; "
        "nie reprezentuję gminy, w której projekt ma być realizowany; ani ja, ani moja organizacja nie "
        "obiecaliśmy udziału w projekcie; nie łączą mnie z liderem ani z członkami grupy pokrewieństwo, "
        "powinowactwo, zależność służbowa ani interesy majątkowe.\n"
        "Jeżeli taka okoliczność zachodzi, zaznaczam „konflikt” i podaję powód. Wtedy nie oceniam "
        "tego projektu, nie widzę jego ocen i nie głosuję w jego sprawie. Jeżeli okoliczność pojawi się "
        "później, zgłoszę ją niezwłocznie."
    ),
    "en": (
        "I declare that about the project which I mark “no conflict” there are no circumstances that could cast "
        "doubt on my impartiality. In particular: I do not work and have not worked in the group of this "
        "project; I do not belong to an organisation to which somebody of the group belongs; I do not represent "
        "a commune in which the project is to take place; neither I nor an organisation of mine has promised to "
        "take part in the project; no kinship, affinity, subordination at work or financial interest ties me to "
        "the leader or to members of the group.\n"
        "Where there is such a circumstance, I mark “conflict” and give the reason. Then I do not "
        "score this project, do not see its scores and do not vote about it. If such a circumstance comes up "
        "later, I will report it at once."
    ),
}


class Text(Struct, frozen=True):
    """The text as it is shown to one reader."""

    version: str
    words: str

    @property
    def digest(self) -> str:
        """SHA-256 of the words, in UTF-8."""
        return sha256(self.words.encode()).hexdigest()


def text_in(language: str) -> Text:
    """The present text in a language; its version names the language too."""
    return Text(f"{VERSION}/{language}", TEXTS[language])


def shown_text(digest: str) -> Text | None:
    """The present text whose words have this digest, in whichever language; None where it is not the present one."""
    return next((text for text in map(text_in, TEXTS) if text.digest == digest), None)
