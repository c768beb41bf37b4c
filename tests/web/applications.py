"""One application for all tests of a process: only its settings and its database are another test by test.

Registering two hundred addresses takes a twentieth of a second, longer than what most tests ask.
"""

from typing import Any

from flask import Flask

from web.app import configuration, create_app
from web.http import resources
from workflow.base.settings import Settings

Shape = tuple[bool, int, str | None]
# An application, and its limits per client, which all applications of a process share.
_made: dict[Shape, tuple[Flask, dict[str, Any]]] = {}


def application(settings: Settings) -> Flask:
    """The application with these settings and a database of its own, as fresh as `create_app` would make it.

    A test that adds addresses to its application, or needs two, calls `create_app` itself.
    """
    shape = (settings.is_secure, settings.trusted_proxies, settings.redis_url)
    if shape not in _made:
        app = create_app(settings)
        _made[shape] = app, dict(vars(resources.limiter))
        return app
    app, limits = _made[shape]
    vars(resources.limiter).update(limits)
    resources.limiter.reset()
    app.config.update(configuration(settings))
    resources.attach(app, settings)
    return app
