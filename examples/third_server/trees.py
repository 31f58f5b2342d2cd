"""Work with trees of files: their paths, media types, folders and digests."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from sqlalchemy.orm import Session
from starlette.responses import Response

from examples.third_server.database import Tree, keep_blobs, read_blob
from examples.third_server.errors import ApiError, refuse_field

_TYPES = {
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".json": "application/json",
    ".txt": "text/plain",
    ".sh": "application/x-sh",
    ".py": "text/x-python",
    ".csv": "text/csv",
    ".html": "text/html",
    ".toml": "application/toml",
}


def parse_path(raw: str) -> str:
    """Decode the path of a file, and refuse what no file of a tree is named."""
    if raw.endswith("/"):
        raise ApiError("file_not_found")
    segments: list[str] = []
    for encoded in raw.split("/"):
        try:
            segment = unquote_to_bytes(encoded).decode("utf-8")
        except UnicodeDecodeError:
            raise refuse_field("path", "A segment is not text in UTF-8.") from None
        if segment in ("", ".", ".."):
            raise refuse_field("path", "A segment is empty, a dot or a double dot.")
        if "/" in segment or "\0" in segment:
            raise refuse_field("path", "A segment has a slash or a NUL in it.")
        segments.append(segment)
    return "/".join(segments)


def detect_media_type(session: Session, path: str, digest: str) -> str:
    """Detect the media type of a file by its name, or else by its content."""
    name = path.rsplit("/", 1)[-1].lower()
    ending = "." + name.rsplit(".", 1)[-1] if "." in name else ""
    known = _TYPES.get(ending) or mimetypes.types_map.get(ending)
    if known:
        return known
    content = read_blob(session, digest)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/octet-stream" if "\0" in text else "text/plain"


def keep_tree(session: Session, files: dict[str, bytes], moment: int) -> Tree:
    """Keep files, and return the tree that they make."""
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    keep_blobs(session, {digests[path]: content for path, content in files.items()})
    return {path: [digests[path], len(content), moment] for path, content in files.items()}


def digest_tree(tree: Tree) -> str:
    """Hash the paths and bytes of the files of a tree, and nothing else of it."""
    summary = hashlib.sha256()
    for path in sorted(tree):
        encoded = path.encode("utf-8")
        summary.update(b"%d:%s=%s;" % (len(encoded), encoded, tree[path][0].encode()))
    return f"sha256:{summary.hexdigest()}"


def sum_sizes(tree: Tree) -> int:
    """Add up the sizes of the files of a tree."""
    return sum(entry[1] for entry in tree.values())


def show_entry(session: Session, path: str, entry: list[Any], *, readonly: bool) -> dict[str, Any]:
    """Show a file of a workspace."""
    return {
        "path": path,
        "size": entry[1],
        "is_dir": False,
        "mtime": entry[2] / 1000,
        "readonly": readonly,
        "mime_type": detect_media_type(session, path, entry[0]),
    }


def show_entries(
    session: Session, files: Tree, mounts: Tree, folders: Iterable[str], moment: int
) -> list[dict[str, Any]]:
    """Show the files of a workspace, those of its packs, and the folders around them."""
    shown = [show_entry(session, path, files[path], readonly=False) for path in files]
    shown += [show_entry(session, path, entry, readonly=True) for path, entry in mounts.items() if path not in files]
    times = dict.fromkeys(folders, moment)
    for entry in list(shown):
        parts = entry["path"].split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            times[folder] = max(times.get(folder, 0), int(entry["mtime"] * 1000))
    for folder, written in times.items():
        shown.append(
            {
                "path": folder,
                "size": 0,
                "is_dir": True,
                "mtime": written / 1000,
                "readonly": folder.startswith("workspace/packs/"),
            }
        )
    return sorted(shown, key=lambda entry: entry["path"])


def send_download(path: str, content: bytes) -> Response:
    """Send a file to be saved under its name."""
    name = path.rsplit("/", 1)[-1]
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    disposition = f'attachment; filename="{plain}"'
    if plain != name:
        disposition += f"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, headers=headers)
