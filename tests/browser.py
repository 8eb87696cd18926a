"""Find a browser for the page's tests, or install one: `python -m tests.browser --install`.

With it comes nginx, if it can be had, for the test of several replicas.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where nginx lives, which not every PATH has
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium or Chrome: installed, or downloaded by Playwright."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _try(*command: str) -> None:
    print("$", *command, flush=True)
    subprocess.run(command, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def _try_apt(package: str) -> None:
    """Where that may be done."""
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if not root or shutil.which("sudo"):
            _try(*root, apt, "update", "-qq")
            _try(*root, apt, "install", "-y", "-qq", "--no-install-recommends", package)


def install() -> str | None:
    """Install one: by apt-get where that may be done, else by Playwright's own download."""
    _try_apt("chromium")
    if not find():
        _try(sys.executable, "-m", "playwright", "install", "chromium")
    return find()


if __name__ == "__main__":
    wanted = "--install" in sys.argv
    if wanted and shutil.which("nginx", path=SBIN) is None:
        _try_apt("nginx-light")
    browser = find() or (wanted and install())
    if not browser:
        sys.exit("No browser for the page's tests: install chromium or google-chrome.")
    print(f"browser: {browser}")
