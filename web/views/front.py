"""The front page in words: what was achieved, and the projects that it shows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from web.http import identity
from web.views.open_data import picture_address
from web.views.overview import share
from web.views.subject import marks_of
from workflow.base.i18n import format_money
from workflow.editions.queries import Chosen
from workflow.files.public_pictures import Picture
from workflow.overview.achievements import Achievements

# Projects on the front page: a row.
CARDS = 3


def cards_of(projects: Iterable[Chosen], pictures: Mapping[int, Sequence[Picture]]) -> list[dict[str, Any]]:
    """A few projects as cards, those with a picture first, then in the order given."""
    first = sorted(projects, key=lambda project: project.id not in pictures)[:CARDS]
    return [
        {"project": project, "mark": mark, "picture": _picture(project.id, pictures)}
        for project, mark in zip(first, marks_of(first), strict=True)
    ]  # fmt: skip


def _picture(project: int, pictures: Mapping[int, Sequence[Picture]]) -> dict[str, str] | None:
    if not (own := pictures.get(project)):
        return None
    return {"href": picture_address(project, own[0]), "description": own[0].description}


def achievements_view(achieved: Achievements) -> dict[str, Any]:
    """The figures in the reader's language, with the length of each bar."""
    language = identity.language()
    return {
        "funded": achieved.funded, "finished": achieved.finished, "going_on": achieved.funded - achieved.finished,
        "finished_share": share(achieved.finished, achieved.funded),
        "money": format_money(achieved.money, language), "spent": format_money(achieved.spent, language),
        "has_money": achieved.money > 0, "spent_share": share(achieved.spent, achieved.money),
        "milestones": achieved.milestones, "reached": achieved.reached,
        "reached_share": share(achieved.reached, achieved.milestones), "conferences": achieved.conferences,
    }  # fmt: skip
