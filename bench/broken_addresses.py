"""One announcement to 5,000 addresses of which three are broken: the rest is delivered once, the three are visible.

`python -m bench.broken_addresses [--only NAME] [--recipients N]` exits 1 where anything else happens.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select, update

from bench import servers
from bench.letters import RECIPIENTS, add_partners
from tasks.deliver import Sender, deliver
from tasks.mail import SmtpTransport
from tests.smtp_sink import ACCEPT, REFUSE_RECIPIENT, Answer, Letter, SmtpSink
from tests.tasks.programme import MORNING, Clock, Programme, settings_for
from workflow.db.database import Database
from workflow.models import Delivery, Person
from workflow.notifications.channels import Channel
from workflow.notifications.delivery_log import dead_letters
from workflow.notifications.relay import relay_all
from workflow.rules.topics import Topic

# No address at all, one with a second header inside, and one that the mail server does not know.
BROKEN = {"p17": "to nie jest adres", "p250": "p250@example.org\r\nBcc: ktos@example.net", "p499": "nikt@example.org"}


def _answer(letter: Letter) -> Answer:
    return REFUSE_RECIPIENT if BROKEN["p499"] in letter.recipients else ACCEPT


def run(database: Database, *, recipients: int) -> tuple[str, bool]:
    """Send the announcement; a sentence with the figures, and whether it went as it has to."""
    programme, server = Programme(database), SmtpSink(rule=_answer)
    add_partners(programme, recipients)
    with database.transaction() as tx:
        for name, email in BROKEN.items():
            tx.execute(update(Person).where(Person.email == f"{name}@example.org").values(email=email))
    server.start()
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        settings = settings_for(database, mail_url=server.url, data=Path(folder))
        sender = Sender(database, settings, SmtpTransport(settings.mail), Clock())
        began = time.perf_counter()
        programme.tell(Topic.SELECTED)
        relay_all(database, base_url=settings.base_url, at=MORNING)
        while deliver(sender):
            pass
        seconds = time.perf_counter() - began
    server.stop()
    query = select(Delivery.state, func.count()).where(Delivery.channel == Channel.EMAIL).group_by(Delivery.state)
    with database.reading() as tx:
        states = {row[0]: row[1] for row in tx.execute(query)}
        failed = [f"{letter.email!r}: {letter.error}" for letter in dead_letters(tx)]
    reached = Counter(address for letter in server.letters for address in letter.recipients)
    twice = [address for address, count in reached.items() if count > 1]
    is_right = len(reached) == states.get("sent") and not twice and len(failed) == len(BROKEN)
    return f"{states}, accepted {len(reached)} in {seconds:.1f} s, twice {len(twice)}, visible: {failed}", is_right


def main() -> int:
    """Run it once on every database."""
    parser = argparse.ArgumentParser(prog="python -m bench.broken_addresses", description=__doc__)
    parser.add_argument("--only", default="", help="databases whose name contains this")
    parser.add_argument("--recipients", type=int, default=RECIPIENTS, help="people who get the announcement")
    arguments = parser.parse_args()
    wrong = 0
    with servers.databases(arguments.only) as databases:
        for name, database in databases.items():
            figures, is_right = run(database, recipients=arguments.recipients)
            print(f"{name}: {figures}", flush=True)
            wrong += not is_right
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
