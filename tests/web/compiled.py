"""Templates compiled once for all the applications that the tests of one process make."""

from flask import Flask
from jinja2.bccache import Bucket

from web.http.template_i18n import LanguageCache


class CompiledOnce(LanguageCache):
    """Keeps compiled templates in memory; Jinja itself notices when a source has changed."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def compile_once() -> None:
    """Compiling took two thirds of the time of every test that looks at a page."""
    Flask.jinja_options = {"bytecode_cache": CompiledOnce()}
