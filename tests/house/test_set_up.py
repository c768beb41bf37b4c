"""What `./run` prepares once, so that no start has to do it."""

import importlib.util
import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from tests.postgres import CHECKOUT

# What `python -v` says of a module that it had to compile; the path of a compiled one stands in quotation marks.
UNCOMPILED = "# code object from "


def set_up_script(root: Path) -> ModuleType:
    """The `run` script as a module, for a checkout in another folder."""
    spec = importlib.util.spec_from_loader("run", SourceFileLoader("run", str(CHECKOUT / "run")))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = root  # type: ignore[attr-defined]
    return module


def imported(root: Path, module: str) -> tuple[str, bool]:
    """What a module prints when a process imports it that may not write, and whether it was compiled before."""
    words = [sys.executable, "-v", "-c", f"import {module}"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(root)}
    result = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=True)
    return result.stdout.strip(), f"{UNCOMPILED}{root}" not in result.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One of the smallest size."""
    for name in ("workflow", "web", "tasks"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("print('one')\n", encoding="utf-8")
    return tmp_path


def test_own_modules_are_compiled_where_python_may_not_write(checkout: Path) -> None:
    assert imported(checkout, "web") == ("one", False)
    set_up_script(checkout).compile_own()
    assert imported(checkout, "web") == ("one", True)


def test_changed_module_is_never_run_as_it_was_and_is_compiled_again(checkout: Path) -> None:
    script = set_up_script(checkout)
    script.compile_own()
    source = checkout / "web" / "__init__.py"
    before = source.stat()
    source.write_text("print('two')\n", encoding="utf-8")
    os.utime(source, (before.st_atime, before.st_mtime + 1))
    assert imported(checkout, "web") == ("two", False)
    script.compile_own()
    assert imported(checkout, "web") == ("two", True)


def test_checkout_that_cannot_be_written_is_left_as_it_is(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    # A file in the place of the folder stops also an administrator, whom rights do not stop.
    for name in ("workflow", "web", "tasks"):
        (checkout / name / "__pycache__").write_text("", encoding="utf-8")
    set_up_script(checkout).compile_own()
    assert capfd.readouterr() == ("", "")


UNCOMPILED_MODULES = """
import sys, pathlib, web.app, gunicorn.app.wsgiapp
for module in list(sys.modules.values()):
    source, compiled = getattr(module, "__file__", None) or "", getattr(module, "__cached__", None) or ""
    if "site-packages" in source and source.endswith(".py") and not pathlib.Path(compiled).is_file():
        print(source)
"""


@pytest.mark.slow
def test_installed_packages_that_the_web_imports_are_compiled_by_the_set_up() -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-c", UNCOMPILED_MODULES]
    result = subprocess.run(words, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


IMPORTED = """
import importlib, sys
from web import pages
from workflow.base import i18n
for entry in pages.BLUEPRINTS:
    importlib.import_module(entry.partition(":")[0])
print(i18n.translator.cache_info().currsize)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
# What reads and writes documents, pictures and spreadsheets, and what only a worker or a command needs.
OF_SINGLE_PAGES = frozenset({
    "PIL", "alembic", "celery", "cryptography", "docx", "holidays", "kombu", "lxml", "openpyxl", "prometheus_client", "pypdf",
    "pypdfium2", "rapidfuzz", "redis", "segno", "typst", "xlsxwriter",
})  # fmt: skip


@pytest.mark.slow
def test_importing_the_application_reads_no_catalogue_and_no_library_that_single_pages_need() -> None:
    """Reading a catalogue takes a twentieth of a second of each start, such a library up to a quarter."""
    answer = subprocess.run([sys.executable, "-c", IMPORTED], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    catalogues, libraries = answer.stdout.splitlines()
    assert catalogues == "0"
    assert OF_SINGLE_PAGES & set(libraries.split()) == set()
