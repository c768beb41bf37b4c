"""Reads docker-compose.yml and the Dockerfile as an engine would, so that both can be tested where none runs."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.postgres import CHECKOUT

VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>\w+)(?:(?P<rule>:?[-?])(?P<word>[^}]*))?\}|(?P<plain>\w+))")
SECONDS = re.compile(r"(?:(\d+)m)?(?:(\d+)s)?")


class MissingVariableError(Exception):
    """What the file says to somebody who left a required variable out."""


def substitute(text: str, environment: Mapping[str, str]) -> str:
    """Variables as compose fills them in: ${NAME}, ${NAME:-default}, ${NAME:?message}, and $$ for a dollar."""

    def value(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        name, rule, word = match["name"] or match["plain"], match["rule"] or "", match["word"] or ""
        found = environment.get(name)
        if found is None or (rule.startswith(":") and not found):
            if rule.endswith("?"):
                raise MissingVariableError(f"{name}: {word}")
            return word
        return found

    return VARIABLE.sub(value, text)


def filled(part: Any, environment: Mapping[str, str]) -> Any:
    """The same for every text in a part of the file."""
    if isinstance(part, str):
        return substitute(part, environment)
    if isinstance(part, list):
        return [filled(one, environment) for one in part]
    if isinstance(part, dict):
        return {key: filled(one, environment) for key, one in part.items()}
    return part


def read_compose(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The file with its anchors resolved, and its variables too where an environment is given."""
    raw: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
    return raw if environment is None else dict(filled(raw, environment))


def seconds(words: str) -> int:
    """A duration of the file, such as 1m30s."""
    found = SECONDS.fullmatch(words)
    assert found, words
    return int(found[1] or 0) * 60 + int(found[2] or 0)


@dataclass(frozen=True)
class Dockerfile:
    """The last stage of the Dockerfile: what an image made from it contains and does."""

    lines: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls) -> "Dockerfile":
        text = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
        joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text))
        words = (line.strip().partition(" ") for line in joined.splitlines() if line.strip())
        return cls(tuple((word, rest.strip()) for word, _, rest in words))

    @property
    def last_stage(self) -> tuple[tuple[str, str], ...]:
        starts = [number for number, (word, _) in enumerate(self.lines) if word == "FROM"]
        return self.lines[starts[-1] :]

    def all(self, word: str) -> list[str]:
        return [rest for found, rest in self.last_stage if found == word]

    @property
    def environment(self) -> dict[str, str]:
        pairs = (pair.partition("=") for line in self.all("ENV") for pair in shlex.split(line))
        return {name: value for name, _, value in pairs}

    @property
    def entrypoint(self) -> list[str]:
        return list(json.loads(self.all("ENTRYPOINT")[-1]))

    def build(self, image: Path) -> None:
        """Put into a folder what the image would hold of the checkout, and the command that it makes."""
        app = image / "app"
        app.mkdir(parents=True)
        for line in self.all("COPY"):
            *sources, target = shlex.split(line)
            if sources[0].startswith("--from"):
                continue
            for name in sources:
                assert not Path(target).is_absolute(), line
                copy(CHECKOUT / name, app / name if target in (".", "./") else app / target)
        written = re.search(r"printf ('[^']*') > (\S+/(\w+))", " ".join(self.all("RUN")))
        assert written, "no RUN line writes the command of the image"
        (image / "bin").mkdir()
        command = image / "bin" / written[3]
        subprocess.run(["sh", "-c", f"printf {written[1]} > {shlex.quote(str(command))}"], check=True)
        command.chmod(0o755)


def copy(source: Path, target: Path) -> None:
    """Copy what .dockerignore lets through."""
    allowed = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert f"!{source.name}" in allowed, f"{source.name} is copied, but .dockerignore hides it"
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copy(source, target)
