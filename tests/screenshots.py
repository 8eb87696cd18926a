"""Pictures of the real page, for the README: `make screenshots`."""

from __future__ import annotations

import argparse

from playwright.sync_api import sync_playwright

from tests import browser as browsers
from tests.conftest import DESKTOP, PHONE, ROOT, serving


def main() -> None:
    """Start the app, open each tab on a desktop and on a phone, write `docs/*.png`."""
    argparse.ArgumentParser(prog="tests.screenshots", description=main.__doc__).parse_args()
    with serving() as start, sync_playwright() as playwright:
        url, _ = start()
        browser = playwright.chromium.launch(
            executable_path=browsers.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, settings in (("desktop", DESKTOP), ("phone", PHONE)):
            page = browser.new_context(**settings).new_page()
            page.goto(url)
            page.get_by_role("tab", name="Draw").wait_for()
            for tab in ("Draw", "Generate", "Morph", "Your hand", "Map", "About"):
                page.get_by_role("tab", name=tab).click()
                # until the opening digit is drawn and the morph is under way
                page.wait_for_timeout(2500)
                file = f"{tab.lower().replace(' ', '-')}-{name}.png"
                page.screenshot(path=ROOT / "docs" / file)
        browser.close()


if __name__ == "__main__":
    main()
