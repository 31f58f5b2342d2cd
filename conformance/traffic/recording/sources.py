"""The sources of recordings in HAR 1.2: a file, a zip, a folder of several, or the standard input."""

from __future__ import annotations

import io
import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from conformance.http.exchange import Headers, find_header
from conformance.traffic.recording.entry import (
    CONTENT,
    RecordedEntry,
    RecordedMessage,
    Recording,
    RecordingError,
    answer_body,
    request_body,
)

Attachment = Callable[[str], bytes | None]
"""The function that gives the content of a file beside the recording by its name; None where it is not there."""
_ATTACHED = "_file"


def read_har(name: str, document: Any, attachment: Attachment) -> Recording:
    """Return the recording of a HAR document; RecordingError says where it is none."""
    log = document.get("log") if isinstance(document, Mapping) else None
    entries = log.get("entries") if isinstance(log, Mapping) else None
    if not isinstance(log, Mapping) or not isinstance(entries, list):
        raise RecordingError(f"{name}: is no HAR: it has no list log.entries")
    read = [_read_entry(f"{name} #{number}", entry, attachment) for number, entry in enumerate(entries, 1)]
    order = sorted(range(len(read)), key=lambda n: (_find_moment(read, n), n))
    creator = log.get("creator")
    recorder = creator.get("name") if isinstance(creator, Mapping) else None
    return Recording(name, tuple(read[n] for n in order), recorder if isinstance(recorder, str) else "")


def _find_moment(read: list[RecordedEntry], number: int) -> float:
    """Return when an entry was sent; one that does not say so with the last before it that does."""
    known = (read[n].started for n in range(number, -1, -1))
    return next((moment for moment in known if moment is not None), 0.0)


def _read_entry(place: str, entry: Any, attachment: Attachment) -> RecordedEntry:
    given, answered = _require_object(entry, "request", place), _require_object(entry, "response", place)
    method, url, status = given.get("method"), given.get("url"), answered.get("status", 0)
    if not isinstance(method, str) or not isinstance(url, str):
        raise RecordingError(f"{place}: has no request.method and request.url")
    if isinstance(status, bool) or not isinstance(status, int | float):
        raise RecordingError(f"{place}: response.status is no number")
    method, headers = method.upper(), _read_headers(given, place)
    posted, content = (
        _attach_content(given.get("postData"), attachment),
        _attach_content(answered.get("content"), attachment),
    )
    if find_header(headers, "content-type") is None and isinstance(posted.get("mimeType"), str) and posted["mimeType"]:
        headers = (*headers, ("Content-Type", posted["mimeType"]))
    of_answer, failure = _read_headers(answered, place), answered.get("_error", answered.get("_failureText"))
    return RecordedEntry(
        place=place,
        method=method,
        url=url,
        request=RecordedMessage(headers, request_body(method, headers, given, posted)),
        status=max(int(status), 0),
        answer=RecordedMessage(of_answer, answer_body(method, int(status), of_answer, answered, content)),
        started=_parse_time(entry.get("startedDateTime")),
        duration_ms=_parse_number(entry.get("time")),
        is_cached=bool(entry.get("_fromCache")) or bool(answered.get("_fromCache")),
        is_by_worker=any(each.get(key) for each in (entry, answered) for key in _WORKER),
        failure=failure if isinstance(failure, str) else "",
    )


_WORKER = ("_serviceWorkerRef", "_fetchedViaServiceWorker")


def _require_object(entry: Any, key: str, place: str) -> Mapping[str, Any]:
    found = entry.get(key) if isinstance(entry, Mapping) else None
    if not isinstance(found, Mapping):
        raise RecordingError(f"{place}: has no {key}")
    return found


def _read_headers(message: Mapping[str, Any], place: str) -> Headers:
    """Return the header fields, without what HTTP/2 has in the place of a request line."""
    found = message.get("headers", [])
    if not isinstance(found, list):
        raise RecordingError(f"{place}: headers is no list")
    return tuple((name, value) for name, value in _read_pairs(found) if not name.startswith(":"))


def _read_pairs(fields: list[Any]) -> Iterator[tuple[str, str]]:
    for field in fields:
        name, value = (field.get("name"), field.get("value")) if isinstance(field, Mapping) else (None, None)
        if isinstance(name, str) and isinstance(value, str):
            # Browsers join what came in several lines by line breaks.
            yield from ((name, line) for line in value.split("\n"))


def _attach_content(body: Any, attachment: Attachment) -> Mapping[str, Any]:
    """Return a body, with the content of the file that it names in the place of its text."""
    if not isinstance(body, Mapping):
        return {}
    name = body.get(_ATTACHED)
    if not isinstance(name, str):
        return body
    content = attachment(name)
    if content is None:
        return {key: value for key, value in body.items() if key != "text"} | {"size": body.get("size") or 1}
    return {**body, CONTENT: content}


def _parse_time(text: Any) -> float | None:
    try:
        read = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _parse_number(given: Any) -> float | None:
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) and given >= 0 else None


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
