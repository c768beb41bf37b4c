"""Finds a Chromium on this machine, with the standard library alone, because `./run` asks too."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
# The first draws pages without the windows around them, at three quarters of the cost.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# The first is a new frame for each page, also of the same site: a quarter of what a visit costs.
# The others are those of Playwright, whose own flag this one replaces.
UNUSED = (
    "RenderDocument",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
)
# V8 compiles and collects garbage on threads of its own otherwise, at a tenth of what a page costs its process.
# Background services would ask hosts outside, and a sandbox needs rights that root in a container lacks.
FLAGS = (
    f"--disable-features={','.join(UNUSED)}",
    "--js-flags=--single-threaded",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def candidates() -> list[str]:
    """Where a Chromium may be: the CHROMIUM setting, the path, the usual places, Playwright's own folder."""
    named = os.environ.get("CHROMIUM")
    if named:
        return [named]
    on_path = [found for name in NAMES if (found := shutil.which(name))]
    store = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    own = [
        str(found) for found in store.glob("chromium*/chrome-linux*/*") if found.name in ("chrome", "headless_shell")
    ]
    return [*on_path, *PLACES, *own]


def find() -> str | None:
    """The first Chromium that answers with its version; Ubuntu's package is a stub that does not."""
    return next((path for path in candidates() if answers(path)), None)


def has_driver() -> bool:
    """Whether Playwright's own program starts: it needs a library that a bare Debian lacks."""
    return any(responds(str(node)) for node in CHECKOUT.glob(".venv/lib/python3*/site-packages/playwright/driver/node"))


def missing_packages() -> list[str]:
    """The packages of Debian that a test in a browser needs and that are not here."""
    packages = {"libatomic1": has_driver(), NAMES[0]: find() is not None}
    return [package for package, is_there in packages.items() if not is_there]


def install_missing(say: Callable[[str], None], apt_install: Callable[[str], bool] | None) -> None:
    """Install them with apt-get, where that is allowed; elsewhere say that tests in a browser are skipped."""
    missing = missing_packages()
    if missing and apt_install:
        say(f"installing {' and '.join(missing)} with apt-get, for the tests that look at pages in a browser")
        for package in missing:
            apt_install(package)
        if not find():
            apt_install("chromium")
        if not find():
            # Ubuntu has no such package, only a shell around a snap.
            words = [CHECKOUT / ".venv" / "bin" / "playwright", "install", "--with-deps", "chromium"]
            subprocess.run(words, check=False)
        missing = missing_packages()
    if missing:
        names = " and ".join(missing)
        say(f"tests in a browser are skipped, since {names} is missing (install it, or set CHROMIUM to a browser)")


def answers(path: str) -> bool:
    return "chrom" in responds(path).lower()


def responds(path: str) -> str:
    """The version that a program tells, or nothing when it does not start."""
    try:
        told = subprocess.run([path, "--version"], check=False, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if told.returncode else told.stdout
