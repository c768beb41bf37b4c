"""Who got which letter: what came over the wire, held against what the test has written down by hand."""

import re
from collections import Counter
from dataclasses import dataclass, field

from tests.journeys.product import Product
from tests.smtp_sink import Letter

ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


@dataclass
class Post:
    """The letters of one installation; each is looked at once."""

    product: Product
    seen: int = 0
    by_reader: dict[str, list[Letter]] = field(default_factory=dict)

    def skip(self) -> None:
        """Leave out what was told before the test began to watch."""
        self._fresh()

    def expect(self, *told: tuple[str, str]) -> None:
        """Since the last look exactly these letters came: the subject and the names of its readers."""
        fresh = self._fresh()
        came = Counter((str(one.message["Subject"]), reader_of(one)) for one in fresh)
        wanted = Counter((subject, name) for subject, names in told for name in names.split())
        assert came == wanted, f"too many: {came - wanted}; too few: {wanted - came}"
        for one in fresh:
            self._look_at(one)

    def _fresh(self) -> list[Letter]:
        self.product.wait_for_letters()
        letters = self.product.sink.letters
        fresh, self.seen = letters[self.seen :], len(letters)
        for one in fresh:
            self.by_reader.setdefault(reader_of(one), []).append(one)
        return fresh

    def _look_at(self, letter: Letter) -> None:
        """Both parts speak Polish and lead to this installation and to nowhere else."""
        message = letter.message
        assert message["Content-Language"] == "pl"
        for part in parts_of(letter):
            found = ADDRESS.findall(part)
            assert found, part
            assert all(one.startswith(self.product.address) for one in found), found
        assert re.search(r"[ąćęłńóśźż]", parts_of(letter)[0])

    def links_of(self, name: str) -> list[str]:
        """Every address in the letters of one person, each once."""
        texts = [text for letter in self.by_reader.get(name, ()) for text in parts_of(letter)]
        return list(dict.fromkeys(found for text in texts for found in ADDRESS.findall(text)))

    def subjects_of(self, name: str) -> Counter[str]:
        return Counter(str(letter.message["Subject"]) for letter in self.by_reader.get(name, ()))


def reader_of(letter: Letter) -> str:
    """The name before the @ of the one address that the letter went to."""
    (address,) = letter.recipients
    return address.removesuffix("@example.org")


def parts_of(letter: Letter) -> list[str]:
    """The plain text and the page."""
    bodies = [letter.message.get_body((kind,)) for kind in ("plain", "html")]
    return [str(body.get_content()) for body in bodies if body is not None]
