"""The body of a request in a shell script: a word where it is text, else a file that the script writes."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.http.truncated import Truncated
from conformance.results.plain_text import plain_line
from conformance.results.relevant import GZIP
from conformance.results.report.curl import Names, word

LONGEST_WORD = 64 * 1024  # the longest text that can be one word of a command line
LONGEST_UNPACKED = 32 * 1024 * 1024
FILE = '"$FOLDER/body"'
END = "END_OF_BODY"


@dataclass(frozen=True, slots=True)
class ScriptBody:
    """The commands before a request, and the words of its body."""

    before: str
    words: list[str]
    needs: tuple[str, str] | None = None
    """A variable that names a file, and what the file has to hold, where the report does not keep the body."""


def script_body(content: bytes | None, names: Names, mark: str, number: int) -> ScriptBody:
    """Return the body of the request of this number; `mark` is that of the run."""
    if content is None:
        return ScriptBody("", [])
    if isinstance(content, Truncated):
        variable = f"BODY_{number}"
        what = f"name a file with the {content.length} bytes of SHA-256 {content.digest}: the report does not keep them"
        return ScriptBody("", ["--data-binary", f'@"${variable}"'], (variable, what))
    text = _as_text(content)
    if text is not None and len(content) <= LONGEST_WORD:
        return ScriptBody("", ["--data-raw", word(text, names)])
    pieces = list(_pieces(content, mark))
    if len(pieces) == 1:  # the redirection of a here-document is on its first line
        written = pieces[0].replace("\n", f" >{FILE}\n", 1)
    else:
        written = "\n".join(("{", *pieces, f"}} >{FILE}"))
    return ScriptBody(f"{written}\n", ["--data-binary", f"@{FILE}"])


def _pieces(content: bytes, mark: str) -> Iterator[str]:
    """Yield the commands that write the body, with the mark of the script in place of that of the run.

    Both marks have the same length, so that lengths and archives stay valid.
    """
    before, packed, rest = _split(content)
    if mark and packed and mark.encode() in gzip.decompress(packed):
        if before:
            yield _decoded(before, mark)
        yield _decoded(packed, mark, packed=True)
    else:
        rest = content
    if rest or not content:
        yield _decoded(rest, mark)


def _decoded(content: bytes, mark: str, *, packed: bool = False) -> str:
    renamed = f' | LC_ALL=C sed "s/{mark}/$MARK/g"'
    command = f"base64 --decode <<'{END}'"
    if packed:
        command += f" | gunzip{renamed} | gzip"
    else:
        shorter = gzip.compress(content, mtime=0)
        command += " | gunzip" if len(shorter) < len(content) else ""
        command += renamed if mark and mark.encode() in content else ""
        content = min(content, shorter, key=len)
    encoded = base64.encodebytes(content).decode().rstrip("\n")
    return f"{command}\n{encoded}\n{END}"


def _split(content: bytes) -> tuple[bytes, bytes, bytes]:
    """The bytes before a gzip stream in the body, the stream, and the bytes after it; no stream where there is none."""
    before, magic, after = content.partition(GZIP)
    reader = zlib.decompressobj(wbits=31)
    try:
        reader.decompress(magic + after, LONGEST_UNPACKED)
    except zlib.error:
        return content, b"", b""
    end = len(content) - len(reader.unused_data)
    return (before, content[len(before) : end], content[end:]) if reader.eof else (content, b"", b"")


def _as_text(content: bytes) -> str | None:
    """The body as text; None where it has bytes or characters that are not printable, line feeds among them."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if plain_line(text) == text else None
