"""A fortnight passes for processes that run: the clock of the installation is moved, its database is not touched."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.journeys.product import Product, running
from tests.processes import eventually
from tests.servers import PrivateRedis
from tests.smtp_sink import SmtpSink
from tests.world import World
from workflow.base.calendar import utc_now
from workflow.rules.states import ProposalState

pytestmark = pytest.mark.slow


@pytest.fixture
def product(sqlite_url: str, own_redis: PrivateRedis, smtp_sink: SmtpSink, tmp_path: Path) -> Iterator[Product]:
    """Web and worker, whose clock shows what a file says."""
    more = {"PARTNERSTWO_CLOCK": "file"}
    with running(sqlite_url, own_redis.url, smtp_sink, tmp_path, services=("web", "worker"), more=more) as started:
        yield started
        assert not (found := started.faults()), "\n".join(found)


def test_what_is_due_in_weeks_happens_when_the_clock_is_moved(
    product: Product, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    world = World(product.database, now=utc_now())
    ref = world.proposal_in("group_work")
    product.wait_for_letters()
    before = len(smtp_sink.attempts)
    deadline = world.facts(world.edition_of(ref))["submission_deadline"]
    days = (deadline - utc_now()).days + 2
    (tmp_path / "data" / "clock").write_text(f"+{days}d\n")

    assert eventually(lambda: world.facts(ref).state == ProposalState.WITHDRAWN, seconds=90)
    product.wait_for_letters()
    subjects = [str(letter.message["Subject"]) for letter in smtp_sink.attempts[before:]]
    assert any("Świetlica" in subject for subject in subjects)
    assert (deadline - utc_now()) > timedelta(0)
