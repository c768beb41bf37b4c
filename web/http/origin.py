"""Requests that another site makes a browser send, told from our own by what the browser says about them.

`Sec-Fetch-Site` says it in so many words and no script can change it; a browser without it sends `Origin`. A client
that sends neither is no browser of these years: the token of the form alone decides there. This is the order of Go's
`net/http.CrossOriginProtection`; a sibling host (`same-site`) is another site there and here.
"""

from urllib.parse import urlsplit

from werkzeug.wrappers import Request

# `none`: the person sent it without any page, by loading a sent form again.
OWN = frozenset({"same-origin", "none"})


def is_from_another_site(request: Request, *, base_url: str) -> bool:
    """Whether a browser says that a page of another origin sent this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OWN
    origin = request.headers.get("Origin")
    # Behind a proxy the scheme of the request is the proxy's, so hosts are compared and the address that we know.
    return origin is not None and _host(origin) not in {request.host.lower(), _host(base_url)}


def _host(address: str) -> str:
    """The host and port that an address names; empty where it names none, as in `null`."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def has_host(request: Request) -> bool:
    """Whether the request says which host it is for; without, the server would fill in an address of its own."""
    return bool(request.environ.get("HTTP_HOST"))
