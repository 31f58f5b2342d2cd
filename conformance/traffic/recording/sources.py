"""The sources of recordings: a file, a zip, a folder of several, or the standard input."""

from __future__ import annotations

import io
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from conformance.traffic.recording.entry import Recording, RecordingError
from conformance.traffic.recording.har import Attachment, read_har

STDIN = "-"
LARGEST = 512 * 1024 * 1024
"""Bytes of a file, or of what a zip unpacks to, from which on it is not read."""
_ZIP, _NAMES = b"PK", ("*.har", "*.zip", "har-*.json")
"""The beginning of zips, and the names that recordings have: the last are Schemathesis'."""


def read_recordings(source: str) -> tuple[Recording, ...]:
    """Return every recording of a source, by name; RecordingError where one cannot be read, or there is none."""
    if source == STDIN:
        content = sys.stdin.buffer.read(LARGEST + 1)
        return tuple(_read_recordings("standard input", content, lambda _: None))
    path = Path(source)
    if not path.is_dir():
        return tuple(_read_file(path, path.name))
    files = sorted({each for name in _NAMES for each in path.rglob(name) if each.is_file()})
    found = tuple(each for file in files for each in _read_file(file, file.relative_to(path).as_posix()))
    if not found:
        raise RecordingError(f"{source}: has no file .har or .zip")
    return found


def _read_file(path: Path, name: str) -> Iterator[Recording]:
    try:
        if path.stat().st_size > LARGEST:
            raise RecordingError(f"{path}: is larger than {LARGEST:,} bytes; record less, or cut it in pieces")
        content = path.read_bytes()
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read ({error.strerror})") from None
    yield from _read_recordings(name, content, _attach_from_folder(path.parent))


def _read_recordings(name: str, content: bytes, attachment: Attachment) -> Iterator[Recording]:
    if len(content) > LARGEST:
        raise RecordingError(f"{name}: is larger than {LARGEST:,} bytes; record less, or cut it in pieces")
    if not content.startswith(_ZIP):
        yield read_har(name, _parse_json(name, content), attachment)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from _read_packed(name, packed)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise RecordingError(f"{name}: is no zip that can be read ({error})") from None


def _read_packed(name: str, packed: zipfile.ZipFile) -> Iterator[Recording]:
    if sum(each.file_size for each in packed.infolist()) > LARGEST:
        raise RecordingError(f"{name}: unpacks to more than {LARGEST:,} bytes")
    members = [each for each in packed.namelist() if each.lower().endswith(".har")]
    if not members:
        raise RecordingError(f"{name}: has no file .har in it")
    for member in sorted(members):
        at = f"{name}/{member}" if len(members) > 1 else name
        yield read_har(at, _parse_json(at, packed.read(member)), _attach_from_zip(packed, PurePosixPath(member).parent))


def _parse_json(name: str, content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RecordingError(f"{name}: is no HAR: it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise RecordingError(f"{name}: is no HAR: line {error.lineno} is no JSON ({error.msg})") from None
    except (RecursionError, ValueError):
        raise RecordingError(f"{name}: is no HAR: it is nested too deeply") from None


def _attach_from_folder(folder: Path) -> Attachment:
    def read_attachment(name: str) -> bytes | None:
        if not _is_inside(name):
            return None
        try:
            return (folder / name).read_bytes()
        except OSError:
            return None

    return read_attachment


def _attach_from_zip(packed: zipfile.ZipFile, folder: PurePosixPath) -> Attachment:
    def read_attachment(name: str) -> bytes | None:
        try:
            return packed.read((folder / name).as_posix())
        except KeyError:
            return None

    return read_attachment


def _is_inside(name: str) -> bool:
    """Return whether the name leads to no other folder than that of the recording, or one in it."""
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name and ":" not in name
