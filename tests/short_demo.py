"""The demo in a tenth of a second, for tests of its accounts and its command: people, and two editions of the past alone.

Import `short_demo` into a module to use it; what the editions in progress hold is shown by `workflow/demo/test_load.py`.
"""

import pytest

from workflow.demo import load as demo


@pytest.fixture
def short_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of what is loaded be rehearsed."""
    past = {key: load for key, load in demo.EDITIONS.items() if load is demo.enter_edition}
    monkeypatch.setattr(demo, "EDITIONS", past)
