"""The programme for programs: JSON under /api/v1; the same steps, the same refusals, keys instead of cookies."""

import importlib

from flask import Flask

from web.api.calls import after, api

STAGES = ("editions", "proposals", "steps", "history", "lifecycles", "document")


def init_app(app: Flask) -> None:
    """Bring in every call of every stage."""
    for stage in STAGES:
        importlib.import_module(f"web.api.{stage}")
    app.register_blueprint(api)
    # Also for answers to addresses that belong to no call of ours.
    app.after_request(after)
