"""A picture of each view of the console, light and dark, as it begins and on a small screen."""

import os
import shutil
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from mock_server import create_app
from tests.mock_server.console.conftest import OPTIONS, VIEWS, opened, view_of
from tests.mock_server.console.scene import liven, unfold
from tests.mock_server.serving import Mock, served
from tests.repo.sources import ROOT

FOLDER = ROOT / "reports" / "console"
SIZES = {"wide": (1280, 800), "narrow": (320, 640)}


def main(folder: Path = FOLDER) -> None:
    """Take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    options = [*OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with served(create_app()) as origin, sync_playwright() as playwright:
        personas = httpx.get(f"{origin}/_mock/personas").json()["personas"]
        mock = Mock(origin, "pictures", {persona["name"]: persona["token"] for persona in personas})
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                for view in VIEWS:
                    mock.send("DELETE", "/_mock/worlds/pictures")
                    liven(mock)
                    look = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
                    with opened(browser, **look) as (page, _):
                        view_of(page, origin, mock.world, view)
                        unfold(page, view)
                        page.screenshot(path=folder / f"{view}-{scheme}-{size}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
