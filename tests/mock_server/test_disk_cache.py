"""What a start works out from a file is kept for the next one, and nothing that is kept is believed unseen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server.disk_cache import load_or_make

MOST = 64
START = """
import sys, json
from mock_server import create_app
app = create_app()
print(len(app.context.contract.operations), len(app.context.seed.personas))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what is kept, not made yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "evershell-mock"


class Maker:
    """Makes a list, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> list[int]:
        self.times += 1
        return [1, 2]


def asked(make: Callable[[], list[int]], text: bytes = b"text", kind: str = "lists") -> list[int]:
    return load_or_make(kind, text, make, library="PyYAML")


def test_a_result_is_made_once_and_each_call_has_its_own(folder: Path) -> None:
    make = Maker()
    first = asked(make)
    first.append(3)
    assert asked(make) == [1, 2]
    assert make.times == 1
    assert len([*folder.iterdir()]) == 1
    assert asked(make, b"other") == asked(make, kind="others") == [1, 2]
    assert make.times == 3


@pytest.mark.parametrize("left", [b"", b"short", None], ids=["empty", "cut", "one-byte-changed"])
def test_a_damaged_file_is_not_believed(folder: Path, left: bytes | None) -> None:
    make = Maker()
    asked(make)
    [file] = folder.iterdir()
    held = bytearray(file.read_bytes())
    held[-2] ^= 1
    file.write_bytes(bytes(held) if left is None else left)
    assert asked(make) == [1, 2]
    assert make.times == 2
    assert asked(make) == [1, 2]
    assert make.times == 2


def test_a_folder_in_which_others_could_write_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    make = Maker()
    assert [asked(make, b"shared"), asked(make, b"shared")] == [[1, 2], [1, 2]]
    assert make.times == 1  # it is kept in the process
    assert [*folder.iterdir()] == []


def test_without_a_folder_the_process_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    make = Maker()
    assert [asked(make, b"no folder"), asked(make, b"no folder")] == [[1, 2], [1, 2]]
    assert make.times == 1


def test_what_cannot_be_made_is_not_kept(folder: Path) -> None:
    def fail() -> list[int]:
        raise ValueError("not a list")

    for _ in range(2):
        with pytest.raises(ValueError, match="not a list"):
            asked(fail)
    assert asked(Maker()) == [1, 2]
    assert len([*folder.iterdir()]) == 1


def test_what_was_used_longest_ago_goes_first(folder: Path) -> None:
    make = Maker()
    for number in range(MOST):
        asked(make, b"%d" % number)
    for place, file in enumerate(sorted(folder.iterdir())):
        os.utime(file, (place, place))
    asked(make, b"0")  # now it is the one used last
    asked(make, b"more")
    assert len([*folder.iterdir()]) == MOST
    assert make.times == MOST + 1
    asked(make, b"0")
    assert make.times == MOST + 1


def test_a_start_after_a_start_is_the_same(folder: Path) -> None:
    def started() -> str:
        return subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True).stdout

    first = started()
    kept_by_it = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert len(kept_by_it) > 3  # contracts, fixtures, what Connexion read
    assert started() == first
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == kept_by_it
