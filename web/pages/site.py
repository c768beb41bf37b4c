"""What every site must have: is it alive, is it ready, its figures, and its statements to the public."""

from datetime import date
from email.utils import parseaddr
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace

from web.http import identity
from web.http.resources import base_url, reading, resources
from web.http.security import asks
from web.views.settings import themes
from workflow.editions.office_contact import Contact, read_contact
from workflow.editions.queries import chosen_projects, editions_for
from workflow.editions.rules_page import list_rules
from workflow.rules.states import HIDDEN

pages = Blueprint("site", __name__)

# When the accessibility statement and the site it speaks of were made.
PUBLISHED = date(2026, 11, 23)
# Beginnings of addresses that search engines leave alone.
NOT_FOR_ROBOTS = ("/api/", "/konto", "/login", "/obserwowanie/", "/praca", "/przepustka/", "/skrzynka", "/szukaj",
                  "/wypisz/", "/zapis/", "/zaproszenie/")  # fmt: skip
# The most projects of one edition that a site map names.
OF_SITEMAP = 500


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


@pages.get("/status")
@asks("anyone")
def status() -> ResponseReturnValue:
    """The state of the service in words; programs ask /readyz."""
    from web.ops import readiness

    at = identity.at()
    parts = readiness.report(resources(), at=at)
    lines = [
        ("pages", parts["database"] == parts["migrations"] == "ok"), ("work", parts.get("worker") == "ok"),
        ("letters", parts.get("mail") == "ok" and parts.get("outbox") == "ok"),
    ]  # fmt: skip
    return render_template("site/status.html", lines=lines, at=at, office=office())


@pages.get("/robots.txt")
@asks("anyone")
def robots() -> ResponseReturnValue:
    """What search engines leave alone: pages behind the sign-in, addresses that carry a token, and searches."""
    text = "".join((
        "User-agent: *\n", *(f"Disallow: {path}\n" for path in NOT_FOR_ROBOTS), f"\nSitemap: {base_url()}/sitemap.xml\n"
    ))  # fmt: skip
    return Response(text, mimetype="text/plain")


@pages.get("/sitemap.xml")
@asks("anyone")
def sitemap() -> ResponseReturnValue:
    """The pages of editions and of their public projects, for search engines."""
    with reading() as tx:
        editions = [edition for edition in editions_for(tx, None) if edition.state not in HIDDEN]
        projects = chosen_projects(tx, editions, each=OF_SITEMAP)
    paths = ["/", *(url_for("editions.show", edition_key=edition.key) for edition in editions),
             *(url_for("public_accounts.edition", edition_key=edition.key) for edition in editions),
             *(url_for("proposals.show", proposal_id=one.id) for own in projects.values() for one in own)]  # fmt: skip
    root = Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for path in paths:
        SubElement(SubElement(root, "url"), "loc").text = f"{base_url()}{path}"
    return Response(tostring(root, "utf-8", xml_declaration=True), mimetype="application/xml")


@pages.get("/metrics")
@asks("metrics")
def figures() -> ResponseReturnValue:
    from web.ops import metrics

    return Response(
        metrics.text(resources().database, at=identity.at(), mail_alarm=resources().settings.mail_alarm),
        content_type=metrics.CONTENT_TYPE,
    )


def office() -> Contact:
    """The office that runs this installation; what nobody has given is as on its letters."""
    name, address = parseaddr(resources().settings.mail_from)
    with reading() as tx:
        known = read_contact(tx)
    return replace(known, body=known.body or name or address, email=known.email or address,
                   officer_email=known.officer_email or known.email or address)  # fmt: skip


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
