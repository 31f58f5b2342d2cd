"""Bodies as the operations take them, read no further than their limit."""

from __future__ import annotations

import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import IO, Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.types import Message

from examples.second_server import archive, pack_yaml
from examples.second_server.errors import invalid, other_type, too_large
from examples.second_server.limits import Limits
from examples.second_server.pack_yaml import Manifest
from examples.second_server.store import Files
from examples.second_server.variants import Variant

FRAMING = 64 * 1024
"""What a form may have beside its largest part."""
VISIBILITIES = ("org", "community")
IMAGE_REF = re.compile(
    r"(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*"
    r"(:[0-9]+)?/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(@[A-Za-z][A-Za-z0-9]*([+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)

TEXTS = frozenset({"description", "role_id", "role_name", "environment", "thinking_effort"})
IN_JSON_ALONE = frozenset({"metadata"})
MOST_FILES, FILE_NAME = 10, re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,254}")

Read = Callable[[Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that was taken: the files of a pack, what its pack.yaml says, who is to see it."""

    files: Files
    manifest: Manifest
    visibility: str


def visibility(value: Any) -> str:
    """A known visibility; 400 where it is none."""
    if value not in VISIBILITIES or not isinstance(value, str):
        raise invalid("visibility", "is neither org nor community")
    return value


def image_ref(value: Any) -> str:
    """An OCI reference; 400 where it is none."""
    if not isinstance(value, str) or len(value) > 4096 or not IMAGE_REF.fullmatch(value):
        raise invalid("image_ref", "is no OCI reference")
    return value


Field = Callable[[Any], Any]


def fields(
    required: Mapping[str, Field],
    optional: Mapping[str, Field],
    limit: Callable[[Limits], int] = lambda limits: limits.json,
    *,
    set_by_server: Collection[str] = (),
) -> Read:
    """Reads a JSON object of these fields and no others, up to a limit; what the server sets counts for nothing."""
    known = {**required, **optional}

    async def read(request: Request) -> dict[str, Any]:
        _of_type(request, "application/json")
        variants = _variants(request)
        said = _json_object(await _whole(request, limit(_limits(request))), variants)
        for name in said.keys() & set(set_by_server):
            _check_ignored(name, said.pop(name), variants)
        _check_names(said, required, known)
        return {name: _field(known[name], value, variants) for name, value in said.items()}

    return read


def _check_names(said: Collection[str], required: Collection[str], known: Collection[str]) -> None:
    """400 for a field that the body does not have, and for one that is missing."""
    for name in said:
        if name not in known:
            raise invalid(name, "is no field of this body")
    for name in required:
        if name not in said:
            raise invalid(name, "is missing")


def _field(read: Field, value: Any, variants: frozenset[Variant]) -> Any:
    """The value of a field; 400 where it is wrong, or too long in the units that are counted."""
    if Variant.UTF16_LENGTHS in variants:
        read(_in_units(value))
    return read(value)


def _check_ignored(name: str, value: Any, variants: frozenset[Variant]) -> None:
    """400 for a member that the server sets, where the server takes none, or only texts, and it is no text."""
    refused = Variant.SERVER_SET_IGNORED not in variants and not isinstance(value, str | None)
    if refused or Variant.SERVER_SET_REFUSED in variants:
        raise invalid(name, "is set by the server")


def _in_units(value: Any) -> Any:
    """The text with as many characters as it has UTF-16 units."""
    return re.sub("[\U00010000-\U0010ffff]", "\ufffd\ufffd", value) if isinstance(value, str) else value


def with_files(required: Mapping[str, Field], optional: Mapping[str, Field]) -> Read:
    """Reads a JSON object of these fields, or a form of them that has files beside them."""
    plain = fields(required, optional, lambda limits: limits.file)

    async def read(request: Request) -> dict[str, Any]:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
            return dict(await plain(request))
        limit = _limits(request).file
        form = await _form(_counted(request, limit + FRAMING), limit)
        try:
            for name in required:
                if name not in form:
                    raise invalid(name, "is missing")
            names = [name for name in (*required, *optional) if name in form and name not in IN_JSON_ALONE]
            said = {name: _as_said(name, form[name]) for name in names}
            _check_nul(said, _variants(request))
            known = {**required, **optional}
            return {**{name: known[name](value) for name, value in said.items()}, "file": _files(form, limit)}
        finally:
            await form.close()

    return read


def _as_said(name: str, part: UploadFile | str) -> Any:
    """The value that a part stands for: its text, or a number, true or false."""
    text = part.file.read().decode(errors="replace") if isinstance(part, UploadFile) else part
    if name in TEXTS:
        return text
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch("-?[0-9]{1,9}", text) else text


def _files(form: FormData, limit: int) -> dict[str, bytes]:
    """The files of a form by their names; 400 for names that are none."""
    sent = form.getlist("file")
    names = [each.filename or "" if isinstance(each, UploadFile) else "" for each in sent]
    if len(sent) > MOST_FILES or len({*names}) < len(names) or not all(map(FILE_NAME.fullmatch, names)):
        raise invalid("file", "are too many, or have names that are none or not their own")
    found = {each.filename or "": each.file.read() for each in sent if isinstance(each, UploadFile)}
    if sum(map(len, found.values())) > limit:
        raise too_large(limit)
    return found


async def file(request: Request) -> bytes:
    """Reads the bytes of a file."""
    _of_type(request, "application/octet-stream")
    return await _whole(request, _limits(request).file)


async def upload(request: Request) -> Upload:
    """Reads the form of an upload, and unpacks its archive beside the event loop."""
    _of_type(request, "multipart/form-data")
    limits = _limits(request)
    limit = limits.archive
    form = await _form(_counted(request, limit + FRAMING), limit)
    try:
        variants = _variants(request)
        packed, seen_by = (_part(form, name, variants) for name in ("archive", "visibility"))
        if packed is None:
            raise invalid("archive", "is missing")
        if packed.seek(0, io.SEEK_END) > limit:
            raise too_large(limit)
        packed.seek(0)
        shown = "org" if seen_by is None else visibility(seen_by.read().decode(errors="replace"))
        files = await run_in_threadpool(archive.unpack, packed, limits)
        return Upload(files, pack_yaml.read(files["pack.yaml"], variants), shown)
    except (archive.Unpackable, pack_yaml.Unreadable) as reason:
        raise invalid("archive", str(reason)) from None
    finally:
        await form.close()


async def nothing(request: Request) -> None:
    """Reads nothing: the operation takes no body."""
    del request


def _variants(request: Request) -> frozenset[Variant]:
    variants: frozenset[Variant] = request.app.state.variants
    return variants


def _limits(request: Request) -> Limits:
    limits: Limits = request.app.state.limits
    return limits


def _of_type(request: Request, media_type: str) -> None:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != media_type:
        raise other_type(media_type)


def _counted(request: Request, limit: int) -> Request:
    """The request, whose body ends in a 413 past the limit; told at once where its length is declared."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise too_large(limit)
        return message

    return Request(request.scope, receive)


async def _whole(request: Request, limit: int) -> bytes:
    return await _counted(request, limit).body()


async def _form(request: Request, longest: int) -> FormData:
    try:
        return await MultiPartParser(request.headers, request.stream(), max_part_size=longest).parse()
    except (MultiPartException, ValueError):
        raise invalid("body", "is no form, or names no boundary") from None


def _part(form: FormData, name: str, variants: frozenset[Variant]) -> IO[bytes] | None:
    """The bytes of a part; of several of one name those of the last, or of the first, or a 400.

    One without a file name that is no UTF-8, as gzip never is, was read as Latin-1.
    """
    parts = form.getlist(name)
    if len(parts) > 1 and Variant.PART_TWICE_REFUSED in variants:
        raise invalid(name, "is there twice")
    part = (parts[0] if Variant.FIRST_PART in variants else parts[-1]) if parts else None
    if isinstance(part, UploadFile):
        return part.file
    return None if part is None else io.BytesIO(part.encode("latin-1", "replace"))


def _json_object(content: bytes, variants: frozenset[Variant]) -> dict[str, Any]:
    if Variant.BYTE_ORDER_MARK in variants:
        content = content.removeprefix(BOM_UTF8)
    try:
        said = json.loads(content.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise invalid("body", "is not JSON in UTF-8") from None
    if not isinstance(said, dict):
        raise invalid("body", "is no JSON object")
    _check_nul(said, variants)
    return said


def _check_nul(said: Mapping[str, Any], variants: frozenset[Variant]) -> None:
    """400 for a text with U+0000, where none is kept."""
    for name, value in said.items() if Variant.NUL_REFUSED in variants else ():
        if "\\u0000" in json.dumps(value):
            raise invalid(name, "has a NUL")


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
