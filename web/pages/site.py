"""What every site must have: is it alive, is it ready, its figures, and its statements to the public."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template

from web import identity
from web.extensions import held
from web.security import asks

pages = Blueprint("site", __name__)


@pages.get("/healthz")
@asks("anyone")
def alive() -> Any:
    return jsonify(status="ok")


@pages.get("/readyz")
@asks("anyone")
def ready() -> Any:
    from web import readiness

    report = readiness.report(held(), at=identity.at())
    return jsonify(report), 200 if report["status"] == "ready" else 503


@pages.get("/metrics")
@asks("metrics")
def figures() -> Any:
    from web import metrics

    return Response(metrics.text(held().database, at=identity.at()), content_type=metrics.CONTENT_TYPE)


@pages.get("/dostepnosc")
@asks("anyone")
def accessibility() -> Any:
    return render_template("site/accessibility.html", address=held().settings.base_url)


@pages.get("/prywatnosc")
@asks("anyone")
def privacy() -> Any:
    return render_template("site/privacy.html")


@pages.get("/regulamin")
@asks("anyone")
def rules() -> Any:
    return render_template("site/rules.html")
