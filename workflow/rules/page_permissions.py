"""Who may open a page or run a command: rules asked of the signed-in reader, before any subject is read."""

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from workflow.rules.roles import Role


class Reader(Struct, frozen=True):
    """The signed-in person as a page knows them: roles by edition."""

    id: int
    name: str
    email: str
    language: str = "pl"
    is_admin: bool = False
    grants: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def roles(self, edition_id: int | None) -> frozenset[str]:
        """The roles held in one edition, or in any where none is named."""
        if edition_id is not None:
            return self.grants.get(edition_id, frozenset())
        return frozenset().union(*self.grants.values()) if self.grants else frozenset()


Rule = Callable[[Reader | None, int | None], bool]


def _any_role(*roles: str) -> Rule:
    wanted = frozenset(roles)
    return lambda reader, edition_id: reader is not None and bool(reader.roles(edition_id) & wanted)


_BODIES = _any_role(Role.STAFF, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.APPEAL_BODY)
# Figures of an edition: its office, whoever chairs its committee, and whoever began the programme; administrators too.
SEE_FIGURES = frozenset({Role.STAFF, Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.INITIATOR})
# What a route or a command asks for; the second argument is the edition it is about, or None.
# "anyone" is a decision too: it has to be written beside the route.
PAGES: Mapping[str, Rule] = {
    "anyone": lambda _reader, _edition: True,
    "signed_in": lambda reader, _edition: reader is not None,
    "member_of_edition": lambda reader, edition: reader is not None and bool(reader.roles(edition) or reader.is_admin),
    "staff": _any_role(Role.STAFF),
    "committee": _any_role(Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.SECRETARY),
    "see_meetings": _any_role(Role.STAFF, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.SECRETARY),
    # The meetings of one's own body, and those of both for whoever works for them; each page looks which it is.
    "see_own_meetings": _BODIES,
    # Members of the bodies, and whoever works for them.
    "bodies": _BODIES,
    # The same people; for anybody else there is nothing there.
    "see_conflicts": _BODIES,
    "committee_chair": _any_role(Role.COMMITTEE_CHAIR),
    "approvals": _any_role(
        Role.STAFF, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.APPEAL_BODY, Role.ANIMATOR
    ),
    "conference_hosts": _any_role(Role.STAFF, Role.ANIMATOR),
    # Whoever leads a conference from its remote; for anybody else there is no remote.
    "see_remote": _any_role(Role.STAFF, Role.ANIMATOR, Role.COMMITTEE_CHAIR),
    "see_hall_desk": _any_role(Role.STAFF, Role.ANIMATOR, Role.COMMITTEE_CHAIR),
    "see_figures": lambda reader, edition: (
        reader is not None and (reader.is_admin or bool(reader.roles(edition) & SEE_FIGURES))
    ),
    # Notes that the office keeps for itself.
    "see_office_notes": _any_role(Role.STAFF),
    # Who was invited to the agreement and what they answered.
    "see_partners": _any_role(Role.STAFF, Role.COMMITTEE_CHAIR),
    "admin": lambda reader, _edition: reader is not None and reader.is_admin,
    "staff_or_admin": lambda reader, edition: (
        reader is not None and (reader.is_admin or Role.STAFF in reader.roles(edition))
    ),
    # The operator at the machine itself; commands only.
    "operator": lambda _reader, _edition: False,
    "metrics": lambda _reader, _edition: False,
}
