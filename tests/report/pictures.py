"""Pictures of a report for the README, by the system's Chromium: `python -m tests.report.pictures REPORT FOLDER`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

WIDTHS = (1280, 768, 320)
HEIGHT = 960
MOST = 150_000
"""Bytes of a picture."""


def take(report: Path, folder: Path) -> int:
    """Write report-WIDTH.png, the top of the page, for each of WIDTHS. Returns 0; 1 where Chromium is missing or a picture is too large."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("chromium is missing: `make deb-packages`\n")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    large = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"])
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme="light")
            page.goto(report.resolve().as_uri())
            picture = folder / f"report-{width}.png"
            picture.write_bytes(page.screenshot())
            large += [picture.name] if picture.stat().st_size > MOST else []
            page.close()
        browser.close()
    if large:
        sys.stderr.write(f"more than {MOST:,} bytes: {', '.join(large)}\n")
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(take(Path(sys.argv[1]), Path(sys.argv[2])))
