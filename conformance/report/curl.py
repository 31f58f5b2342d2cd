"""A finding's request as a command that sends it again, a variable in place of its credential."""

from __future__ import annotations

import base64
import re
import shlex

from conformance.exchange import Exchange

MAX_SHOWN = 64 * 1024
"""Bodies over this are named by their size: a command line cannot hold them."""


def curl(exchange: Exchange) -> str:
    """The command for a POSIX shell; what it needs of the environment is `token_variable`."""
    words = ["curl", "--silent", "--show-error", "--include", "--globoff", "--path-as-is"]
    words += _method(exchange.method)
    words += ["--url", shlex.quote(exchange.url)]
    for name, value in _headers(exchange):
        words += ["--header", _header(name, value)]
    before = ""
    if exchange.request.content is not None:
        before, body = _body(exchange.request.content)
        words += body
    return before + _wrapped(words)


def steps(exchanges: tuple[Exchange, ...]) -> str:
    """Several commands, one after the other, as one script."""
    return "\n\n".join(curl(exchange) for exchange in exchanges)


def token_variable(caller: str) -> str | None:
    """The environment variable for a caller's credential: `acme-owner` is ACME_OWNER_TOKEN."""
    if caller == "anonymous":
        return None
    return re.sub(r"[^A-Z0-9]+", "_", caller.upper()).strip("_") + "_TOKEN"


def _method(method: str) -> list[str]:
    return ["--head"] if method == "HEAD" else ["--request", shlex.quote(method)]


def _headers(exchange: Exchange) -> list[tuple[str, str | None]]:
    """The headers that were sent; None removes one that curl would add."""
    sent: list[tuple[str, str | None]] = list(exchange.request.headers)
    names = {name.lower() for name, _ in sent}
    variable = token_variable(exchange.caller)
    if variable and "authorization" not in names:
        sent.insert(0, ("Authorization", f"Bearer ${variable}"))
    if exchange.request.content is not None and "content-type" not in names:
        sent.append(("Content-Type", None))
    return sent


def _header(name: str, value: str | None) -> str:
    if value is None:
        return shlex.quote(f"{name}:")
    if name == "Authorization" and re.fullmatch(r"Bearer \$[A-Z0-9_]+_TOKEN", value):
        return f'"{name}: {value}"'
    return shlex.quote(f"{name}: {value}" if value else f"{name};")


def _body(content: bytes) -> tuple[str, list[str]]:
    """What goes before the command, and the command's own words."""
    if len(content) > MAX_SHOWN:
        note = f"# Not shown: a body of {len(content)} bytes. Put it into the file body.bin.\n"
        return note, ["--data-binary", "@body.bin"]
    if (text := _plain_text(content)) is not None:
        return "", ["--data-raw", shlex.quote(text)]
    encoded = base64.b64encode(content).decode()
    return f"printf %s {encoded} | base64 --decode |\n", ["--data-binary", "@-"]


def _plain_text(content: bytes) -> str | None:
    """The body as text, where a shell's argument can hold it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


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
