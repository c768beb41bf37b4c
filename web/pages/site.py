"""What every site must have: is it alive, is it ready, its figures, and its statements to the public."""

from datetime import date
from email.utils import parseaddr

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks
from web.views.settings import themes
from workflow.editions.rules_page import list_rules

pages = Blueprint("site", __name__)

# When the accessibility statement and the site it speaks of were made.
PUBLISHED = date(2026, 11, 23)


@pages.get("/healthz")
@asks("anyone")
def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


@pages.get("/readyz")
@asks("anyone")
def ready() -> ResponseReturnValue:
    from web.ops import readiness

    report = readiness.report(resources(), at=identity.at())
    return jsonify(report), 200 if report["status"] == "ready" else 503


@pages.get("/metrics")
@asks("metrics")
def figures() -> ResponseReturnValue:
    from web.ops import metrics

    return Response(
        metrics.text(resources().database, at=identity.at(), mail_alarm=resources().settings.mail_alarm),
        content_type=metrics.CONTENT_TYPE,
    )


def office() -> tuple[str, str]:
    """Name and address of the office that runs this installation, as they stand on its letters."""
    name, address = parseaddr(resources().settings.mail_from)
    return name or address, address


@pages.get("/dostepnosc")
@asks("anyone")
def accessibility() -> ResponseReturnValue:
    return render_template(
        "site/accessibility.html", address=resources().settings.base_url, office=office(), published=PUBLISHED
    )


@pages.get("/prywatnosc")
@asks("anyone")
def privacy() -> ResponseReturnValue:
    return render_template("site/privacy.html", office=office())


@pages.get("/regulamin")
@asks("anyone")
def rules() -> ResponseReturnValue:
    with reading() as tx:
        editions = list_rules(tx)
    return render_template("site/rules.html", editions=editions, office=office(), themes=themes)
