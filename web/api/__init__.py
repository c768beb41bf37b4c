"""The JSON API under /api/v1: the same steps and the same refusals as on pages, with keys instead of cookies."""

import importlib

from flask import Flask

from web.api.calls import after, api

MODULES = ("editions", "proposals", "subjects", "plan", "history", "lifecycles", "document")


def init_app(app: Flask) -> None:
    """Add every call."""
    for name in MODULES:
        importlib.import_module(f"web.api.{name}")
    app.register_blueprint(api)
    # Also for answers to addresses that belong to no call of ours.
    app.after_request(after)
