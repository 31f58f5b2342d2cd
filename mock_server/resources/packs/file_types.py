"""The media type of a file, told by its name and, where that says nothing, by its bytes."""

from __future__ import annotations

from mimetypes import MimeTypes

_TYPES = MimeTypes()  # Python's own table: what is installed on a machine must not change an answer
for _extension, _type in {
    ".json": "application/json",
    ".md": "text/markdown",
    ".sh": "text/x-shellscript",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}.items():
    _TYPES.add_type(_type, _extension)


def find_media_type(path: str, content: bytes) -> str:
    """Return the media type of a file, with its charset where it is text in UTF-8."""
    named, encoding = _TYPES.guess_type(path.rpartition("/")[2])
    if encoding is not None:  # a compressed file is not of the type of what is in it
        return f"application/{encoding}"
    if named is not None and not named.startswith("text/"):
        return named
    text = _is_text(content)
    if named is None:
        return "text/plain; charset=utf-8" if text else "application/octet-stream"
    return f"{named}; charset=utf-8" if text else named


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content
