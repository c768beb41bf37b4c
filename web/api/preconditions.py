"""The header If-Match as RFC 9110 (8.8.3, 13.1.1) has it: which versions a change may be based on."""

import re

from flask import request
from msgspec import Struct

from web.api.refusals import Changed, NoVersion
from workflow.base.errors import Stale
from workflow.base.i18n import _

# An entity tag; between the quotes everything but quotes, blanks and control characters.
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_ELEMENT = re.compile(rf"[ \t]*({_TAG})?[ \t]*(?:,|$)")
_MALFORMED = _(
    'The header If-Match cannot be read. Send *, or ETags with their quotes, several with commas between: "3", "4".'
)


class IfMatch(Struct, frozen=True):
    """What the header says: any version, or the tags that it names, each with its quotes."""

    is_any: bool = False
    is_malformed: bool = False
    tags: tuple[str, ...] = ()

    @classmethod
    def sent(cls) -> "IfMatch":
        """The header of this request; raises NoVersion where it names nothing."""
        return cls.parse(request.headers.get("If-Match", ""))

    @classmethod
    def parse(cls, header: str) -> "IfMatch":
        """`*`, or a list of tags, in which empty elements count for nothing; what is neither matches no version."""
        if header.strip(" \t") == "*":
            return cls(is_any=True)
        tags, place = [], 0
        while place < len(header):
            element = _ELEMENT.match(header, place)
            if element is None:
                return cls(is_malformed=True)
            tags += [element[1]] if element[1] else []
            place = element.end()
        if not tags:
            raise NoVersion
        return cls(tags=tuple(tags))

    def versions(self) -> tuple[int, ...] | None:
        """The versions that the change may find. The comparison is strong, so that a weak tag names none."""
        return None if self.is_any else tuple(version for tag in self.tags if (version := _version_in(tag)))

    def refusal(self, stale: Stale) -> Changed:
        """Why no tag of the header is that of the present version."""
        present = f'"{stale.current}"'
        if self.is_malformed:
            return Changed(stale, _MALFORMED)
        if any(version < stale.current for version in self.versions() or ()):
            return Changed(stale)
        if all(tag.startswith("W/") for tag in self.tags):
            return Changed(stale, _("If-Match compares strongly, so that a weak tag (W/) never matches. "
                                    "The ETag of the present version is {tag}.", tag=present))  # fmt: skip
        return Changed(stale, _("If-Match names no version that there is. The ETag of the present version is {tag}.",
                                tag=present))  # fmt: skip


def _version_in(tag: str) -> int | None:
    """The version that a strong tag names; None for a tag that is none of ours."""
    match = re.fullmatch(r'"([1-9][0-9]{0,8})"', tag)
    return int(match[1]) if match else None
