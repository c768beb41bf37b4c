"""The editions of the demo, and whether all of it is there; importing this loads nothing of what makes them."""

from sqlalchemy import Connection, func, select

from workflow.demo.books import read_book
from workflow.models import Edition, Person

DOMAIN = "example.org"
# In the order of the years in which they began: entered from their source, then played step by step.
HISTORICAL = ("plock-2017", "losice-2017")
REHEARSED = ("demo-implementation", "demo-selection", "demo")


def is_loaded(connection: Connection) -> bool:
    """Whether every edition and every account of the demo is there; two statements."""
    keys = (*HISTORICAL, *REHEARSED)
    accounts = [f"{member['account']}@{DOMAIN}" for member in read_book("people")["person"]]
    editions = select(func.count()).where(Edition.key.in_(keys))
    people = select(func.count()).where(Person.email.in_(accounts))
    found = connection.execute(editions).scalar_one(), connection.execute(people).scalar_one()
    return found == (len(keys), len(accounts))
