"""A program of somebody who has only an address and a key: everything else it learns from the published document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

DOCUMENT = "/api/v1/openapi.json"


@dataclass(frozen=True)
class Answer:
    """What came back, with the names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: Any


def asked(url: str, method: str = "GET", headers: Mapping[str, str] = {}, body: Any = None) -> Answer:
    """One request, as the standard library sends it; refusals are answers too."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {**headers, **({"Content-Type": "application/json"} if data else {})}, method=method)
    try:
        with urlopen(request, timeout=20) as answer:
            status, given, text = answer.status, answer.headers, answer.read()
    except HTTPError as refusal:
        status, given, text = refusal.code, refusal.headers, refusal.read()
    return Answer(status, {name.lower(): value for name, value in given.items()}, json.loads(text) if text else None)


class Stranger:
    """Finds each call by what the document says of it, and holds every answer against its promise."""

    def __init__(self, address: str, key: str = "") -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"} if key else {}
        self.document = asked(address + DOCUMENT).body

    def call(self, operation: str, *, body: Any = None, headers: Mapping[str, str] = {}, **place: object) -> Answer:
        """The answer to the call of this name; its status and its headers are those that the document declares."""
        path, method, described = self.found(operation)
        names = {entry["name"] for entry in described.get("parameters", []) if entry["in"] == "path"}
        assert names <= place.keys(), f"{operation} needs {names - place.keys()}"
        url = self.address + path.format(**{name: quote(str(place[name])) for name in names})
        rest = "&".join(f"{name}={quote(str(value))}" for name, value in place.items() if name not in names)
        answer = asked(f"{url}?{rest}" if rest else url, method, {**self.headers, **headers}, body)
        promised = described["responses"]
        assert str(answer.status) in promised, f"{operation} answers {answer.status}: {answer.body}"
        for name, header in promised[str(answer.status)].get("headers", {}).items():
            assert name.lower() in answer.headers or not header["required"], f"{operation} lacks {name}"
        if answer.status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert self.lacks("Problem", answer.body) == set()
        return answer

    def found(self, operation: str) -> tuple[str, str, Any]:
        """Path, method and description of a call."""
        return next(
            (path, method.upper(), described)
            for path, methods in self.document["paths"].items()
            for method, described in methods.items()
            if described.get("operationId") == operation
        )

    def lacks(self, schema: str, value: Mapping[str, object]) -> set[str]:
        """The properties that the document promises and the value has not."""
        return set(self.document["components"]["schemas"][schema]["required"]) - value.keys()

    def body_of(self, offer: Mapping[str, Any], version: int, **known: object) -> dict[str, object]:
        """The body of an offered step, made of what the offer asks for alone; known answers stand for those of a person."""
        schema = self.document["components"]["schemas"][offer["body"]]["properties"]
        assert set(schema["data"]["properties"]) == {ask["name"] for ask in offer["asks"]}
        needed = {ask["name"] for ask in offer["asks"] if ask["required"]}
        assert needed == set(schema["data"]["required"])
        data = {ask["name"]: known.get(ask["name"], next(iter(ask["choices"]), "x")) for ask in offer["asks"]
                if ask["name"] in needed | known.keys()}  # fmt: skip
        return {"version": version, "data": data}
