"""A picture of each view of the console, light and dark, as it begins and on a small screen."""

from pathlib import Path

from mock_server import create_app
from tests import plain
from tests.chromium import chromium
from tests.mock_server.console.conftest import VIEWS, opened, view_of
from tests.mock_server.console.scene import liven, unfold
from tests.mock_server.serving import Mock, served
from tests.repo.sources import ROOT

FOLDER = ROOT / "reports" / "console"
SIZES = {"wide": (1280, 800), "narrow": (380, 800)}


def main(folder: Path = FOLDER) -> None:
    """Take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with served(create_app()) as origin, chromium() as browser:
        personas = plain.get(f"{origin}/_mock/personas").json()["personas"]
        mock = Mock(origin, "pictures", {persona["name"]: persona["token"] for persona in personas})
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


if __name__ == "__main__":
    main()
