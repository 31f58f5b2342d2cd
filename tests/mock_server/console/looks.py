"""How the console looks from afar: a coarse grid of colours, which other fonts change little and another layout much.

`python -m tests.mock_server.console.looks` takes the committed pictures anew.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from mock_server import create_app
from tests.chromium import chromium
from tests.mock_server.console.conftest import opened, view_of
from tests.mock_server.console.scene import liven
from tests.mock_server.serving import Mock, served, tokens_of

FOLDER = Path(__file__).parent / "pictures"
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
LOOKS = [
    ("start", "light", "wide"),
    ("coverage", "dark", "wide"),
    ("journal", "light", "wide"),
    ("journal", "dark", "wide"),
    ("journal", "light", "narrow"),
    ("journal", "dark", "narrow"),
]
SCALE = 4
"""A committed picture is so many times smaller than the page."""
CELL = 10
"""The side of a cell of the grid, in pixels of a committed picture."""
SAME = 12
"""As far apart of 255 two colours of a cell may be: so much ink more or less is another font, or another word."""

# It runs in a page of its own: the console's policy forbids images of elsewhere.
SHRINK = """async ([picture, scale, wanted]) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
  const [width, height] = [Math.round(image.width / scale), Math.round(image.height / scale)];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  if (wanted === 'colours') return [...context.getImageData(0, 0, width, height).data];
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


@contextmanager
def seen(browser: Browser, mock: Mock, look: tuple[str, str, str], **options: Any) -> Iterator[Page]:
    """A view of a world in which something of every kind has happened, in one mode and size."""
    view, scheme, size = look
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    with opened(browser, viewport=viewport, color_scheme=scheme, reduced_motion="reduce", **options) as (page, _):
        yield view_of(page, mock.origin, mock.world, view)


def shrink(browser: Browser, picture: bytes) -> bytes:
    """Return a picture of a page as it is committed."""
    return base64.b64decode(run(browser, picture, SCALE, "picture"))


def find_difference(browser: Browser, one: bytes, other: bytes) -> float:
    """Return how much two committed pictures differ: the share of cells whose colour is another one."""
    grids = [list_cells(run(browser, each, CELL, "colours")) for each in (one, other)]
    differ = [max(abs(a - b) for a, b in zip(*cells, strict=True)) > SAME for cells in zip(*grids, strict=True)]
    return sum(differ) / len(differ)


def list_cells(values: list[int]) -> list[list[int]]:
    return [values[at : at + 4] for at in range(0, len(values), 4)]


def run(browser: Browser, picture: bytes, scale: int, wanted: str) -> Any:
    page = browser.new_page()
    try:
        return page.evaluate(SHRINK, [base64.b64encode(picture).decode(), scale, wanted])
    finally:
        page.close()


def main() -> None:
    """Take the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with served(create_app()) as origin, chromium() as browser:
        mock = Mock(origin, "pictures", tokens_of(origin))
        liven(mock)
        for look in LOOKS:
            with seen(browser, mock, look) as page:
                (FOLDER / f"{'-'.join(look)}.png").write_bytes(shrink(browser, page.screenshot()))


if __name__ == "__main__":
    main()
