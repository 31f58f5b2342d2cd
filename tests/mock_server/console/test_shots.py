"""`make console-shots`: a picture of each view, light and dark, on a wide and on a narrow screen."""

from pathlib import Path

import pytest

from tests.mock_server.console.conftest import VIEWS
from tests.mock_server.console.shots import main

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.long
@pytest.mark.needs_browser
def test_it_leaves_a_picture_of_each_view(tmp_path: Path) -> None:
    main(tmp_path)
    pictures = {path.stem: path.read_bytes() for path in tmp_path.glob("*.png")}
    expected = {
        f"{view}-{scheme}-{size}" for view in VIEWS for scheme in ("light", "dark") for size in ("wide", "narrow")
    }
    assert pictures.keys() == expected
    assert all(picture.startswith(PNG) and len(picture) > 20_000 for picture in pictures.values())
    assert len(set(pictures.values())) == len(expected)
