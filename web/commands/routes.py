"""`partnerstwo routes`: every route and the permission that it asks, as JSON lines for auditors."""

import json
from operator import attrgetter

import click


@click.command("routes")
def command_routes() -> int:
    """Print rule, methods, endpoint and permission of every route; exit 1 when one asks none."""
    from web.app import create_app
    from web.http.security import asked_by

    app = create_app()
    open_doors = 0
    for rule in sorted(app.url_map.iter_rules(), key=attrgetter("rule", "endpoint")):
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        asked = {method: asked_by(app, rule.endpoint, method) for method in methods}
        for permission in dict.fromkeys(asked.values()):
            these = [method for method in methods if asked[method] == permission]
            line = {"rule": rule.rule, "methods": these, "endpoint": rule.endpoint, "permission": permission}
            click.echo(json.dumps(line, ensure_ascii=False))
            open_doors += permission is None
    return 1 if open_doors else 0
