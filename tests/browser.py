"""Find a browser for the page's tests, or install one: `python -m tests.browser --install`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def install() -> str | None:
    """Install one: by apt-get where that may be done, else by Playwright's own download."""
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if not root or shutil.which("sudo"):
            _try(*root, apt, "update", "-qq")
            _try(*root, apt, "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if not find():
        _try(sys.executable, "-m", "playwright", "install", "chromium")
    return find()


if __name__ == "__main__":
    browser = find() or ("--install" in sys.argv and install())
    if not browser:
        sys.exit("No browser for the page's tests: install chromium or google-chrome.")
    print(f"browser: {browser}")
