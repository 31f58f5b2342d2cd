"""The picture is SVG that stands on its own ground, and its bars are as long as the rates say."""

from xml.etree import ElementTree as ET

import pytest

from benchmarks.figures import CONNEXION, GET, OURS, PATCH
from benchmarks.report.plot import render_svg
from tests.benchmarks.made import row

ROWS = [row(GET, {OURS: [200, 100, 300], CONNEXION: [50, 40, 60]}), row(PATCH, {OURS: [100], CONNEXION: [10]})]
TAG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture() -> ET.Element:
    return ET.fromstring(render_svg(ROWS))  # noqa: S314 - our own


def test_bars_are_as_long_as_the_medians(picture: ET.Element) -> None:
    bars = [each for each in picture.iter(f"{TAG}rect") if each.get("class") != "ground"]
    assert [each.get("class") for each in bars] == ["ours", "peer", "ours", "peer"]
    widths = [float(each.get("width", "")) for each in bars]
    assert [width / widths[0] for width in widths] == pytest.approx([1, 0.25, 0.5, 0.05], abs=0.002)


def test_a_line_reaches_from_the_slowest_round_to_the_fastest(picture: ET.Element) -> None:
    line, bar = next(picture.iter(f"{TAG}line")), list(picture.iter(f"{TAG}rect"))[1]
    left, width = float(bar.get("x", "")), float(bar.get("width", ""))
    ends = [(float(line.get(end, "")) - left) / width for end in ("x1", "x2")]
    assert ends == pytest.approx([0.5, 1.5], abs=0.002)


def test_the_ground_is_as_large_as_the_picture_and_its_colours_follow_the_reader(picture: ET.Element) -> None:
    ground = next(picture.iter(f"{TAG}rect"))
    assert [ground.get(side) for side in ("width", "height")] == [picture.get(side) for side in ("width", "height")]
    style = picture.findtext(f"{TAG}style") or ""
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for part in ("ground", "peer", "ours", "text"):
        assert part in light
        assert part in dark


def test_every_bar_is_inside_and_named(picture: ET.Element) -> None:
    texts = [each.text or "" for each in picture.iter(f"{TAG}text")]
    assert [text for text in texts if text in {GET, PATCH, OURS, CONNEXION}] == [
        GET,
        OURS,
        CONNEXION,
        PATCH,
        OURS,
        CONNEXION,
    ]
    height = float(picture.get("height", ""))
    assert all(float(each.get("y", "")) < height for each in picture.iter(f"{TAG}text"))


def test_names_never_become_markup() -> None:
    assert "a &lt;b&gt; &amp; c" in render_svg([row("a <b> & c", {OURS: [1]})])
