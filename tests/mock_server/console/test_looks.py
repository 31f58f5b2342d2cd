"""The console as a picture: it looks as the committed one does, whatever the fonts, and another layout does not."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.mock_server.console.looks import FOLDER, LOOKS, find_difference, seen, shrink
from tests.mock_server.console.scene import liven
from tests.mock_server.serving import Mock, tokens_of

pytestmark = pytest.mark.needs_browser

MOST = 0.04
"""The share of cells that may differ: other fonts differ in 0.005, a page without its sidebar in 0.07 and more."""
FONTS = ":root { --sans: 'DejaVu Serif', serif !important; --mono: monospace !important; }"
BROKEN = "nav { display: none !important; } body { grid-template-columns: 0 minmax(0, 1fr) !important; }"


@pytest.fixture(scope="module")
def lively(origin: str) -> Iterator[Mock]:
    mock = Mock(origin, "pictures", tokens_of(origin))
    liven(mock)
    yield mock
    mock.send("DELETE", "/_mock/worlds/pictures")


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_a_view_looks_as_its_picture(browser: Browser, lively: Mock, look: tuple[str, str, str]) -> None:
    kept = (FOLDER / f"{'-'.join(look)}.png").read_bytes()
    with seen(browser, lively, look, bypass_csp=True) as page:
        assert find_difference(browser, kept, shrink(browser, page.screenshot())) < MOST
        page.add_style_tag(content=FONTS)
        assert find_difference(browser, kept, shrink(browser, page.screenshot())) < MOST


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids="-".join)
def test_a_page_without_its_views_or_in_another_mode_is_seen_to_differ(
    browser: Browser, lively: Mock, look: tuple[str, str, str]
) -> None:
    kept = (FOLDER / f"{'-'.join(look)}.png").read_bytes()
    with seen(browser, lively, look, bypass_csp=True) as page:
        page.emulate_media(color_scheme="light" if look[1] == "dark" else "dark")
        assert find_difference(browser, kept, shrink(browser, page.screenshot())) > 0.5
        page.emulate_media(color_scheme=look[1])  # type: ignore[arg-type]
        page.add_style_tag(content=BROKEN)
        assert find_difference(browser, kept, shrink(browser, page.screenshot())) > MOST
