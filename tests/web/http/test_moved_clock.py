from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.web.conftest import Browser
from workflow.base import clock


@pytest.fixture
def moved(visitor: Browser) -> Iterator[None]:
    # After the application was made, which sets the clock of its settings.
    clock.set_clock(clock.Clock(offset=timedelta(days=14)))
    yield
    clock.set_clock(clock.MACHINE)


@pytest.mark.usefixtures("moved")
def test_every_page_says_that_the_clock_is_moved_and_what_it_shows(visitor: Browser) -> None:
    assert "Zegar tej instalacji jest przestawiony." in visitor.get("/login").text


def test_no_page_speaks_of_a_clock_that_is_right(visitor: Browser) -> None:
    assert "Zegar" not in visitor.get("/login").text
