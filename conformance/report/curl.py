"""A finding's request as a command that sends it again, a variable in place of its credential."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Mapping

from conformance.exchange import Cut, Exchange
from conformance.variables import token_variable

MAX_SHOWN = 64 * 1024
"""Bodies over this are named by their size: a command line cannot hold them."""
Names = Mapping[str, str]
"""Values that another run calls otherwise, and the shell variable that holds each."""

_SECRET = re.compile(r"\$(?:([A-Z0-9_]+_TOKEN|HEADER_[A-Z0-9_]+)\b|\{([A-Z0-9_]+_TOKEN|HEADER_[A-Z0-9_]+)\})")
"""What stands for a credential in an exchange."""


def curl(exchange: Exchange, names: Names | None = None) -> str:
    """The command for a POSIX shell; what it needs of the environment is `token_variable`."""
    names = names or {}
    words = ["curl", "--silent", "--show-error", "--include", "--globoff", "--path-as-is"]
    words += ["--write-out", shlex.quote("\\n")]  # else the next command's answer begins on this one's last line
    words += _method(exchange.method)
    words += ["--url", _word(exchange.url, names, secrets=True)]
    for name, value in _headers(exchange):
        words += ["--header", _header(name, value, names)]
    before = ""
    if exchange.request.content is not None:
        before, body = _body(exchange.request.content, names)
        words += body
    return before + _wrapped(words)


def _method(method: str) -> list[str]:
    return ["--head"] if method == "HEAD" else ["--request", shlex.quote(method)]


def _headers(exchange: Exchange) -> list[tuple[str, str | None]]:
    """The headers that were sent; None removes one that curl would add."""
    sent: list[tuple[str, str | None]] = list(exchange.request.headers)
    names = {name.lower() for name, _ in sent}
    variable = token_variable(exchange.caller)
    if exchange.authorization is not None:
        sent.insert(0, ("Authorization", exchange.authorization))
    elif variable and "authorization" not in names:
        sent.insert(0, ("Authorization", f"Bearer ${variable}"))
    if exchange.request.content is not None and "content-type" not in names:
        sent.append(("Content-Type", None))
    return sent


def _header(name: str, value: str | None, names: Names) -> str:
    if value is None:
        return shlex.quote(f"{name}:")
    return _word(f"{name}: {value}" if value else f"{name};", names, secrets=True)


def _word(text: str, names: Names, *, secrets: bool = False) -> str:
    """The text as one word of a shell, in which known values and the names of secrets are variables."""
    spans = [(m.start(), m.end(), m[1] or m[2]) for m in _SECRET.finditer(text)] if secrets else []
    for value, variable in names.items():
        spans += [(m.start(), m.end(), variable) for m in re.finditer(re.escape(value), text)]
    if not spans:
        return shlex.quote(text)
    word, last = "", 0
    for start, end, variable in sorted(spans):
        if start >= last:
            braced = re.match(r"\w", text[end:])
            word += _escaped(text[last:start]) + (f"${{{variable}}}" if braced else f"${variable}")
            last = end
    return f'"{word}{_escaped(text[last:])}"'


def _escaped(text: str) -> str:
    """For the inside of double quotes."""
    return re.sub(r'([\\$"`])', r"\\\1", text)


def _body(content: bytes, names: Names) -> tuple[str, list[str]]:
    """What goes before the command, and the command's own words."""
    length = content.length if isinstance(content, Cut) else len(content)
    if length > MAX_SHOWN:
        note = f"# Not shown: a body of {length} bytes. Put it into the file body.bin.\n"
        return note, ["--data-binary", "@body.bin"]
    if (text := _plain_text(content)) is not None:
        return "", ["--data-raw", _word(text, names)]
    encoded = base64.b64encode(content).decode()
    return f"printf %s {encoded} | base64 --decode |\n", ["--data-binary", "@-"]


def _plain_text(content: bytes) -> str | None:
    """The body as text, where a shell's argument can hold it, and a terminal shows it as it is."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if all(c.isprintable() or c in "\n\t" for c in text) else None


def _wrapped(words: list[str]) -> str:
    """One option with its value a line."""
    lines: list[str] = []
    for word in words:
        if word.startswith("--") and word in _STARTS_LINE:
            lines.append(word)
        elif lines:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return " \\\n  ".join(lines)


_STARTS_LINE = frozenset({"--request", "--head", "--url", "--header", "--data-raw", "--data-binary"})
