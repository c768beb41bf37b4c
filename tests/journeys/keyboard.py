"""A reader without a mouse: goes on by the keyboard alone, and hears what the accessibility tree says."""

import re

from playwright.sync_api import Page

# What a control without a name looks like in the tree.
NAMELESS = re.compile(
    r"^\s*- (?:button|link|textbox|checkbox|radio|combobox|spinbutton|heading)(?::| \[|$)", re.MULTILINE
)
NAME = """() => {
  const here = document.activeElement;
  const label = here.labels?.[0] ?? here;
  return (here.getAttribute("aria-label") ?? label.textContent).replace(/\\s+/g, " ").trim();
}"""
LONGEST_WAY = 90


def reach(page: Page, name: str, *, back: bool = False) -> None:
    """Go on with the keyboard until the thing whose name begins so has the focus; a hidden one is never reached."""
    for _step in range(LONGEST_WAY):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if str(page.evaluate(NAME)).startswith(name):
            return
    raise AssertionError(f"the keyboard never reaches {name} at {page.url}")


def press(page: Page, name: str) -> None:
    """Reach a link or a button and press it."""
    reach(page, name)
    page.keyboard.press("Enter")
    page.wait_for_load_state("domcontentloaded")


def write(page: Page, name: str, text: str) -> None:
    """Reach a field and write into it, over what stands there."""
    reach(page, name)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def heard(page: Page, *lines: str) -> str:
    """The tree of the whole page, in which each of these lines stands and no control is without a name."""
    tree = page.locator("body").aria_snapshot()
    nameless = NAMELESS.findall(tree)
    assert not nameless, f"{page.url}: {nameless}\n{tree}"
    assert len(re.findall(r"heading .*\[level=1\]", tree)) == 1, tree
    assert "- main:" in tree or "- main" in tree, tree
    for line in lines:
        assert line in tree, f"{page.url} does not say: {line}\n{tree}"
    return tree
