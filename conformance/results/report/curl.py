"""The request of a finding as a curl command, with variables in place of credentials."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from conformance.http.exchange import Exchange
from conformance.http.variables import token_variable
from conformance.results.plain_text import plain

Names = Mapping[str, str]  # values that differ in every run, and the shell variable that holds each
Variables = Mapping[str, str]  # what stands for a credential, and the variable that the profile reads it from

_SECRET = re.compile(r"\$(?:([A-Z0-9_]+_TOKEN|HEADER_[A-Z0-9_]+)\b|\{([A-Z0-9_]+_TOKEN|HEADER_[A-Z0-9_]+)\})")
"""The placeholder of a credential in an exchange."""
_ADDED = "$HEADER_"  # the beginning of the value of a header of --header
_MARK = "conformance-"
_STARTS_LINE = frozenset({"--request", "--head", "--url", "--header", "--data-raw", "--data-binary"})


def request_words(exchange: Exchange, names: Names, variables: Variables) -> list[str]:
    """Return method, URL and headers as words of curl; `secrets_of` names the variables that they need."""
    words = [*_method(exchange.method), "--url", word(exchange.url, names, variables)]
    for name, value in sent_headers(exchange):
        words += ["--header", _header(name, value, names, variables)]
    return words


def removal_words(exchange: Exchange, url: str, names: Names, variables: Variables) -> list[str]:
    """Return the words of a DELETE of what an exchange made, by its caller."""
    words = ["--url", word(url, names, variables)]
    for name, value in sent_headers(exchange):
        if name.lower() == "authorization" or (value or "").startswith(_ADDED):
            words += ["--header", _header(name, value, names, variables)]
    return words


def secrets_of(exchange: Exchange) -> Iterator[str]:
    """Yield what stands for the credentials that its command takes from the environment."""
    for text in (exchange.url, *(value or "" for _, value in sent_headers(exchange))):
        yield from (match[1] or match[2] for match in _SECRET.finditer(text))


def with_variables(text: str, variables: Variables) -> str:
    """Return the text with the profile's own variables in place of what stands for credentials."""
    return _SECRET.sub(lambda match: f"${variables.get(match[1] or match[2], match[1] or match[2])}", text)


def sent_headers(exchange: Exchange) -> list[tuple[str, str | None]]:
    """Return the headers that were sent; None removes a header that curl would add."""
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


def word(text: str, names: Names, variables: Variables | None = None) -> str:
    """Return the text as one word of a shell, with variables for known values, and for secrets unless it is a body."""
    secrets = ((m, m[1] or m[2]) for m in _SECRET.finditer(text)) if variables is not None else ()
    spans = [(m.start(), m.end(), (variables or {}).get(name, name)) for m, name in secrets]
    for value, variable in names.items():
        spans += [(m.start(), m.end(), variable) for m in re.finditer(_standing_alone(value), text)]
    if not spans and plain(text) == text:
        return shlex.quote(text)
    quoted, last = "", 0
    for start, end, variable in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last:
            braced = re.match(r"\w", text[end:])
            quoted += _escaped(text[last:start]) + (f"${{{variable}}}" if braced else f"${variable}")
            last = end
    return f'"{quoted}{_escaped(text[last:])}"'


def wrapped(words: list[str]) -> str:
    """Join words to a command with one option a line."""
    lines: list[str] = []
    for each in words:
        if each.startswith("--") and each in _STARTS_LINE:
            lines.append(each)
        elif lines:
            lines[-1] += f" {each}"
        else:
            lines.append(each)
    return " \\\n  ".join(lines)


def _method(method: str) -> list[str]:
    return ["--head"] if method == "HEAD" else ["--request", shlex.quote(method)]


def _header(name: str, value: str | None, names: Names, variables: Variables) -> str:
    if value is None:
        return shlex.quote(f"{name}:")
    return word(f"{name}: {value}" if value else f"{name};", names, variables)


def _standing_alone(value: str) -> str:
    """A pattern of the value alone, not as a part of a longer one; a value with the mark of the run is unique."""
    if value.startswith(_MARK):
        return re.escape(value)
    return rf"(?:(?<![A-Za-z0-9_])|(?<=%[0-9A-Fa-f]{{2}})){re.escape(value)}(?![A-Za-z0-9_])"


def _escaped(text: str) -> str:
    """Escape the text for double quotes; unprintable characters become octal numbers."""
    shown = re.sub(r'([\\$"`])', r"\\\1", text)
    return "".join(char if plain(char) == char else _octal(char) for char in shown)


def _octal(char: str) -> str:
    digits = "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogatepass"))
    return f"$(printf '{digits}')"
