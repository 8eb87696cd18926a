"""Pictures of the real page, for the README: `make screenshots`."""

from __future__ import annotations

import subprocess
import sys
import time

from playwright.sync_api import sync_playwright

from tests import browser as browsers
from tests.conftest import DESKTOP, PHONE, ROOT, answers, free_port


def main() -> None:
    """Start the app, open each tab on a desktop and on a phone, write `docs/*.png`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=ROOT)
    try:
        while not answers(url):
            if process.poll() is not None:
                sys.exit("The app did not start.")
            time.sleep(0.3)
        with sync_playwright() as playwright:
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
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
