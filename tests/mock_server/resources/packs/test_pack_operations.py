"""The media type of a file is told by its name, then by its bytes."""

import pytest

from mock_server.resources.packs.pack_operations import find_media_type


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("pack.yaml", b"name: a", "application/yaml"),
        ("guides/a.md", "ä".encode(), "text/markdown; charset=utf-8"),
        ("guides/a.md", b"\xff", "text/markdown"),
        ("data/a.json", b"{}", "application/json"),
        ("data/a.csv", b"", "text/csv; charset=utf-8"),
        ("data/a.png", b"x", "image/png"),
        ("data/A.PNG", b"x", "image/png"),
        ("data/a.tar.gz", b"x", "application/gzip"),
        ("scripts/run", b"#!/bin/sh", "text/plain; charset=utf-8"),
        ("scripts/run", b"\x7fELF\0", "application/octet-stream"),
        ("scripts/run", b"\xff", "application/octet-stream"),
        ("data.json/run", b"", "text/plain; charset=utf-8"),
        ("templates/.hidden", b"\0", "application/octet-stream"),
    ],
)
def test_a_file_has_the_media_type(path: str, content: bytes, expected: str) -> None:
    assert find_media_type(path, content) == expected
