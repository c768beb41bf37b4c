"""Templates in one language each: fixed sentences are translated when a template is compiled, not when it is rendered.

A page has some sixty sentences that never change. There is one environment a language, and the application's own
returns every template in the reader's language. Only `_("…")` with a constant text is treated so; anything else, plural
forms among it, is translated while the page is rendered. Jinja's own extension costs a list 27 % more CPU time and a
proposal's page 14 % (decision 0027).
"""

import hashlib
import logging
import pickle
import re
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, has_request_context
from flask.templating import Environment
from jinja2 import BytecodeCache, FileSystemBytecodeCache, Template, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from web.http import identity
from web.http.content_language import MarkContent
from workflow.base.characters import isolated
from workflow.base.i18n import DEFAULT, catalogue_files, translator

log = logging.getLogger(__name__)


# A value of a sentence within quotes.
INNER, ISOLATED = "inner_quotes", "isolated"
QUOTED = re.compile(r"[„“]%\((\w+)\)s[”“]")


class Translate(NodeTransformer):
    """Puts the sentences of one language in the place of the calls that ask for them."""

    def __init__(self, language: str) -> None:
        self.language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor's own way of naming
        self.generic_visit(node)
        fixed = isinstance(node.node, nodes.Name) and node.node.name == "_" and not (node.dyn_args or node.dyn_kwargs)
        if not fixed or len(node.args) != 1 or not isinstance(node.args[0], nodes.Const):
            return node
        # The catalogues are ours and may hold entities, as the extension for translations takes them too.
        text = Markup(translator(self.language).gettext(node.args[0].value))  # noqa: S704
        if not node.kwargs:
            return nodes.Const(text % {}, lineno=node.lineno)
        quoted = set(QUOTED.findall(text))
        pairs = [nodes.Pair(nodes.Const(arg.key), _filtered(arg.value, INNER if arg.key in quoted else ISOLATED),
                            lineno=node.lineno) for arg in node.kwargs]  # fmt: skip
        return nodes.Mod(nodes.Const(text), nodes.Dict(pairs), lineno=node.lineno)


def _filtered(value: nodes.Expr, name: str) -> nodes.Expr:
    """A value of a sentence, through a filter: its own quotes as inner ones, or unable to turn the sentence around."""
    return nodes.Filter(value, name, [], [], None, None, lineno=value.lineno)


def isolated_value(value: Any) -> Any:
    """A plain text so that it cannot turn the sentence around it; anything else as it is."""
    return isolated(value) if type(value) is str else value


_SPECIAL = re.compile("[&<>'\"]").search


def put(value: Any) -> str:
    """A value as a page writes it: escaped where it has to be, and without the wrapping that templates do not need.

    A page writes some eight hundred values, nearly all of them plain text without any character to escape.
    """
    kind = type(value)
    if kind is str:
        return escape(value) if _SPECIAL(value) else value
    if kind is int:
        return str(value)
    return value if kind is Markup else escape(value)


class Compiler(CodeGenerator):
    """Compiles templates to write their values by `put`."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - as above
        self.writeline(f"from {put.__module__} import {put.__name__}")
        super().visit_Template(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write(f"{put.__name__}(")
        else:
            super()._output_child_pre(node, frame, finalize)


class LanguageEnvironment(Environment):
    """The application's templates; each language has an environment of its own under it."""

    code_generator_class = Compiler
    language = ""

    def in_language(self, language: str) -> "LanguageEnvironment":
        """The environment whose templates are in one language; made once."""
        overlays: dict[str, LanguageEnvironment] = self.__dict__.setdefault("overlays", {})
        if language not in overlays:
            overlays[language] = self.overlay()
            overlays[language].language = language
        return overlays[language]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What all templates may use and what this one may; one plain dict, as nothing is added once they are loaded.

        Jinja2's `ChainMap` is compared with what a page knows at each import of macros: a tenth of a millisecond.
        """
        return {**self.globals, **(d or {})}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002
        if self.language:
            return super()._load_template(name, globals)
        reader = identity.language() if has_request_context() else DEFAULT
        return self.in_language(reader)._load_template(name, globals)

    def _generate(self, source: nodes.Template, *more: Any, **named: Any) -> str:
        if self.language:
            source = Translate(self.language).visit(source)
            if self.language != DEFAULT:
                source = MarkContent().visit(source)
        return super()._generate(source, *more, **named)


# Of how templates are compiled: another number where that changes.
COMPILER = b"6"


@cache
def _fingerprint(language: str) -> str:
    """Changes with every word of a language, and with the way in which templates are compiled."""
    content = COMPILER + b"".join(path.read_bytes() for path in catalogue_files(language))
    return hashlib.sha256(content).hexdigest()


class LanguageCache(BytecodeCache):
    """Keeps compiled templates apart by language, and only as long as the sentences stay the same."""

    def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
        return super().get_bucket(
            environment, f"{environment.language}:{name}", filename, source + _fingerprint(environment.language)
        )


class DiskCache(LanguageCache, FileSystemBytecodeCache):
    """Compiled templates in a folder, so that a process that starts again need not compile what has not changed.

    Only a cache: where the folder cannot be read or written, templates are compiled anew and pages go out as ever.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template; one that is damaged or cannot be read is compiled anew."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
            log.warning("A compiled template cannot be read: %s", error)
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template; where that fails the next process compiles it again."""
        try:
            super().dump_bytecode(bucket)
        except OSError as error:
            log.warning("A compiled template cannot be kept: %s", error)


def init_app(app: Flask, folder: Path) -> None:
    """Make the application's templates speak; compiled ones are cached in a folder that only its owner may write."""
    app.jinja_environment = LanguageEnvironment
    if app.jinja_options.get("bytecode_cache") is not None:
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        log.warning("The folder for compiled templates cannot be made: %s", error)
    app.jinja_options = {**app.jinja_options, "bytecode_cache": DiskCache(str(folder))}
