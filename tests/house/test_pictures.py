"""Every picture that a page names is drawn: an unknown name would leave a gap in a button."""

import re
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"
NAMED = re.compile(r'(?:picture=|\bicon\()"([a-z0-9-]+)"')
DRAWN = re.compile(r"^  '([a-z0-9-]+)':", re.MULTILINE)


def test_every_picture_that_a_template_names_is_drawn() -> None:
    drawn = set(DRAWN.findall((WEB / "templates/macros/icons.html").read_text(encoding="utf-8")))
    named = {
        (name, path.name) for path in sorted(WEB.rglob("*.html")) for name in NAMED.findall(path.read_text("utf-8"))
    }
    assert len(named) > 50
    assert not {one for one in named if one[0] not in drawn}
