"""Pictures of the real page: those in the README (`make screenshots`), or of everything."""

from __future__ import annotations

import argparse
import itertools
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import browser as browsers
from tests.conftest import ROOT, SIZES, serving

TABS = ("Draw", "Generate", "Morph", "Your hand", "Map", "About")


def main() -> None:
    """Start the app, open its tabs, write `docs/*.png`."""
    parser = argparse.ArgumentParser(prog="tests.screenshots", description=main.__doc__)
    parser.add_argument(
        "--all", type=Path, metavar="DIR", help="write every tab on every device, by day and night"
    )
    folder: Path | None = parser.parse_args().all
    shown = set(re.findall(r"docs/([\w-]+)\.png", (ROOT / "README.md").read_text("utf-8")))
    with serving() as start, sync_playwright() as playwright:
        url, _ = start()
        browser = playwright.chromium.launch(
            executable_path=browsers.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        for device, scheme in itertools.product(SIZES, ("light", "dark")):
            night = "-dark" if scheme == "dark" else ""
            names = {tab: f"{tab.lower().replace(' ', '-')}-{device}{night}" for tab in TABS}
            wanted = {tab: name for tab, name in names.items() if folder or name in shown}
            if not wanted:
                continue
            page = browser.new_context(**{**SIZES[device], "color_scheme": scheme}).new_page()
            page.goto(url)
            page.get_by_role("tab", name="Draw").wait_for()
            for tab, name in wanted.items():
                page.get_by_role("tab", name=tab).click()
                # until the opening digit is drawn and the morph is under way
                page.wait_for_timeout(2500)
                page.screenshot(path=(folder or ROOT / "docs") / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
