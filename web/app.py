"""Puts the web application together; no other application file imports it, and importing it does nothing."""

import importlib
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from web import pages
from web.http import (
    compression,
    errors,
    kept_files,
    resources,
    security,
    sent_forms,
    template_context,
    template_i18n,
    unavailable,
    unread_fields,
    way_back,
)
from web.http.composed_request import ComposedRequest
from web.http.url_rules import UrlRule
from workflow.base.settings import Settings, load_settings
from workflow.operations.clock import start_clock

MEGABYTE = 1024 * 1024
LARGEST_NUMBER = 2**63 - 1
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


class Number(IntegerConverter):
    """Numbers in addresses that a database can look up; a larger one is no address of ours."""

    def __init__(self, map: Any, *args: Any, **kwargs: Any) -> None:  # noqa: A002 - the framework's own name
        kwargs.setdefault("max", LARGEST_NUMBER)
        super().__init__(map, *args, **kwargs)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to answer; it opens no connection before the first request."""
    settings = settings or load_settings()
    start_clock(settings)
    app = Flask("web", static_folder="static", template_folder="templates")
    app.request_class = ComposedRequest
    app.config.update(configuration(settings))
    app.url_rule_class = UrlRule
    app.url_map.converters["int"] = Number
    template_i18n.init_app(app, settings.data / "cache" / "templates")
    resources.attach(app, settings)
    security.protect(app)
    resources.limiter.init_app(app)
    template_context.init_app(app)
    way_back.init_app(app)
    kept_files.init_app(app)
    errors.init_app(app)
    unavailable.init_app(app)
    compression.init_app(app)
    sent_forms.init_app(app)
    unread_fields.init_app(app)
    security.asks("anyone")(app.view_functions["static"])
    for entry in pages.BLUEPRINTS:
        register(app, entry)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def register(app: Flask, entry: str) -> None:
    """Bring in one entry of BLUEPRINTS: a blueprint, or a function that takes the application."""
    module, _, name = entry.partition(":")
    found = getattr(importlib.import_module(module), name)
    if callable(found):
        found(app)
    else:
        app.register_blueprint(found)


def configuration(settings: Settings) -> dict[str, Any]:
    """What the framework has to know, all of it from the settings."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-partnerstwo" if settings.is_secure else "partnerstwo",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": [f"[{host}]" if ":" in host else host, *LOOPBACK],
        "PREFERRED_URL_SCHEME": "https" if settings.is_secure else "http",
        # Room for a long text pasted by mistake, so that its field can refuse it and give it back.
        "MAX_CONTENT_LENGTH": 8 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 8 * MEGABYTE,
        "MAX_FORM_PARTS": 1000,
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
        # The token lives as long as the browser's session; the guard decides where it is asked for.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "RATELIMIT_STORAGE_URI": resources.limits_address(settings.redis_url),
        "RATELIMIT_STORAGE_OPTIONS": resources.limits_options(settings.redis_url),
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_SWALLOW_ERRORS": True,
        "JSON_SORT_KEYS": False,
    }
