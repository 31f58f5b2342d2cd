"""Show files as a list, and as text."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from mock_server.resources.packs.pack_operations import find_media_type
from mock_server.resources.workspaces.files.tree import list_folders


class ListedFile(NamedTuple):
    """A file, as a list tells of it."""

    path: str
    data: bytes
    written_at: datetime
    folder: str | None = None
    """The folder that cannot be written to, with all that is in it; None: there is none."""

    def show(self) -> dict[str, Any]:
        """Return what is shown of it."""
        return {
            "path": self.path,
            "size": len(self.data),
            "is_dir": False,
            "mtime": _to_seconds(self.written_at),
            "readonly": self.folder is not None,
            "mime_type": find_media_type(self.path, self.data).partition(";")[0],
        }


def show_tree(files: Iterable[ListedFile]) -> list[dict[str, Any]]:
    """Return the entries of files and of all folders that they are in, by path.

    A folder was written when the latest of its files was.
    """
    found: dict[str, dict[str, Any]] = {}
    for file in files:
        found[file.path] = entry = file.show()
        for path in list_folders(file.path):
            readonly = file.folder is not None and f"{path}/".startswith(f"{file.folder}/")
            folder = found.setdefault(path, _show_folder(path, readonly=readonly))
            folder["mtime"] = max(folder["mtime"], entry["mtime"])
    return [found[path] for path in sorted(found)]


def _show_folder(path: str, *, readonly: bool) -> dict[str, Any]:
    return {"path": path, "size": 0, "is_dir": True, "mtime": 0.0, "readonly": readonly}


def _to_seconds(at: datetime) -> float:
    return round(at.timestamp(), 3)


def decode_start(data: bytes, most: int) -> str | None:
    """Return the first bytes of a file as text, without a character that is cut at their end; None if they are none."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data[:most], final=len(data) <= most)
    except UnicodeDecodeError:
        return None


def make_attachment_header(path: str) -> tuple[str, str]:
    """Return the header by which a file is saved under its name (RFC 6266)."""
    name = path.rpartition("/")[2]
    plain = "".join(each if " " <= each <= "~" and each not in '"\\%' else "_" for each in name)
    more = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return "Content-Disposition", f'attachment; filename="{plain}"{more}'
