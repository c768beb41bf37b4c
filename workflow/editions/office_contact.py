"""Who runs this installation: contact and mark, as statements, letters and the foot of pages name them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from workflow.base.i18n import Sentence, _
from workflow.models import OfficeContact
from workflow.rules.facts import Actor
from workflow.rules.field_types import Input
from workflow.rules.file_limits import BadFile

ASKS = (
    Input("body", "line", _("Public body"), _("Such as: Starostwo Powiatowe w Łęgowie"), maximum=200),
    Input("office", "line", _("Team that runs the programme"), required=False, maximum=200),
    Input("address", "line", _("Postal address"), maximum=300),
    Input("email", "email", _("E-mail address"), maximum=254),
    Input("telephone", "line", _("Telephone"), maximum=60),
    Input(
        "hours",
        "line",
        _("When the office is open"),
        _("Such as: Monday to Friday, 8:00–15:00"),
        required=False,
        maximum=200,
    ),
    Input("website", "line", _("Website"), required=False, maximum=200),
    Input(
        "officer", "line", _("Data protection officer"), _("Name and surname, or the post"), required=False, maximum=200
    ),
    Input("officer_email", "email", _("E-mail address of the data protection officer"), maximum=254),
)
LARGEST_LOGO = 2_000_000
# The mark as it is kept: no wider and no higher than a page shows it on a sharp screen.
LOGO_SIZE = (480, 160)


class Contact(Struct, frozen=True):
    """What is known of the office; empty texts where nothing is."""

    body: str = ""
    office: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    hours: str = ""
    website: str = ""
    officer: str = ""
    officer_email: str = ""
    logo_digest: str = ""

    @property
    def missing(self) -> tuple[Sentence, ...]:
        """What the statements of the site need and nobody has given."""
        return tuple(spec.label for spec in ASKS if spec.required and not getattr(self, spec.name))


def read_contact(tx: Connection) -> Contact:
    """The contact; one statement."""
    c = OfficeContact
    row = tx.execute(select(*(getattr(c, name) for name in Contact.__struct_fields__)).order_by(c.id.desc())).first()
    return Contact(*row) if row else Contact()


def read_logo(tx: Connection) -> bytes | None:
    """The mark as a PNG; None where there is none."""
    return tx.execute(select(OfficeContact.logo).order_by(OfficeContact.id.desc())).scalars().first()


def save_contact(
    tx: Connection, values: Mapping[str, str | None], *, logo: bytes | None, keep_logo: bool, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Replace the contact as a whole, in the caller's transaction; without a new mark the present one may stay."""
    mark = logo if logo is not None or not keep_logo else read_logo(tx)
    tx.execute(delete(OfficeContact))
    texts = {spec.name: values.get(spec.name) or "" for spec in ASKS}
    digest = hashlib.sha256(mark).hexdigest() if mark else ""
    tx.execute(
        insert(OfficeContact).values(**texts, logo=mark, logo_digest=digest, changed_at=at, changed_by_id=actor.id)
    )


def logo_from(content: bytes) -> bytes:
    """A picture drawn anew as a small PNG, without anything else that the file held; BadFile where it is none."""
    from PIL import Image

    if len(content) > LARGEST_LOGO:
        raise BadFile(_("The picture is too large: at most 2 MB fit."))
    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as picture:
            picture.load()
            small = picture.convert("RGBA")
            small.thumbnail(LOGO_SIZE)
            drawn = BytesIO()
            small.save(drawn, "PNG", optimize=True)
    except Exception:  # noqa: BLE001 - a broken picture makes the library raise almost anything, all meaning the same
        raise BadFile(_("This is no picture that can be shown: send a PNG, JPEG or WEBP.")) from None
    return drawn.getvalue()
