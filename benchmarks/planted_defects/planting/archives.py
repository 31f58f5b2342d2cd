"""Archives that are read wrongly: they are written anew before they are unpacked."""

from __future__ import annotations

import asyncio
import gzip
import io
import tarfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import yaml

from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.wrong_operations import wrong_preparation
from mock_server.operation import Prepare, Request
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.pack_yaml import MANIFEST

_GZIP_FORMAT = 31  # what zlib calls it
_MOST_BYTES = 160 * 1024 * 1024  # more than a pack may come to: the right reader refuses it

Entry = tuple[tarfile.TarInfo, bytes]
Entries = list[Entry]


@Planter
def wrong_archive(hooks: Hooks, change: Callable[[bytes], bytes]) -> Hooks:
    """Plant a change of the archive that was sent."""

    async def wrong(right: Prepare, request: Request) -> Request:
        archive = await asyncio.to_thread(change, request.body["archive"])
        return await right(request._replace(body={**request.body, "archive": archive}))

    return wrong_preparation.plant(hooks, wrong)


@Planter
def wrong_entries(hooks: Hooks, change: Callable[[Entries], Iterable[Entry]]) -> Hooks:
    """Plant a change of the entries of an archive; what is no archive stays as it is."""

    def changed(archive: bytes) -> bytes:
        entries = _entries(archive)
        if entries is None:
            return archive
        others = list(change(entries))
        return archive if others == entries else zipped(others)

    return wrong_archive.plant(hooks, changed)


@Planter
def wrong_manifest(hooks: Hooks, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Hooks:
    """Plant a change of the pack.yaml in an archive."""

    def changed(entries: Entries) -> Iterable[Entry]:
        for info, data in entries:
            said = _mapping(data) if info.name.rpartition("/")[2] == MANIFEST else None
            if said is None or (meant := change(said)) == said:
                yield info, data
            else:
                yield with_data(info, yaml.safe_dump(meant, allow_unicode=True).encode())

    return wrong_entries.plant(hooks, changed)


def with_data(info: tarfile.TarInfo, data: bytes) -> Entry:
    """Return the entry with other bytes."""
    other = info.replace()
    other.size = len(data)
    return other, data


def tarred(entries: Iterable[Entry]) -> bytes:
    """Return a tar of these entries."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for info, data in entries:
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zipped(entries: Iterable[Entry]) -> bytes:
    """Return a .tar.gz of these entries."""
    return gzip.compress(tarred(entries), compresslevel=1, mtime=0)


def _entries(archive: bytes) -> Entries | None:
    try:
        reader = zlib.decompressobj(_GZIP_FORMAT)
        content = reader.decompress(archive, _MOST_BYTES)
        if not reader.eof:
            return None
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            return [(info, _data(tar, info)) for info in tar.getmembers()]
    except (zlib.error, tarfile.TarError, ValueError):
        return None


def _data(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(info) if info.isfile() else None
    return b"" if file is None else file.read()


def _mapping(data: bytes) -> dict[str, Any] | None:
    try:
        said = yaml.load(data, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
