"""The request of a finding as one curl command, with variables in place of credentials."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Mapping

from conformance.http.exchange import IN_QUERY, Exchange, TruncatedBody
from conformance.http.variables import SECRET, name_token_variable
from conformance.results.plain_text import escape_line, escape_text

Variables = Mapping[str, str]  # what stands for a credential, and the variable that the profile reads it from

CURL = "curl --silent --show-error --include --globoff --path-as-is"
LONGEST_WORD = 64 * 1024  # the longest text that can be one word of a command line


def format_curl(exchange: Exchange, variables: Variables) -> str:
    """Return the command, for a POSIX shell, that sends the request of an exchange and shows the answer.

    `variables`: the profile's own, by what stands for each credential in the exchange.
    """
    method = "--head" if exchange.method == "HEAD" else f"--request {shlex.quote(exchange.method)}"
    options = [method, f"--url {_quote_word(exchange.url, variables)}"]
    for name, value in _build_sent_headers(exchange):
        options.append(f"--header {_quote_word(f'{name}: {value}' if value else f'{name};', variables)}")
    content, fed = exchange.request.content, ""
    if content is not None:
        if "content-type" not in {name.lower() for name, _ in exchange.request.headers}:
            options.append("--header Content-Type:")  # without a value it removes the one that curl would add
        if isinstance(content, TruncatedBody):
            what = f"a file with the {content.length} bytes of SHA-256 {content.digest}, which the report does not keep"
            options.append(f'--data-binary "@${{BODY:?has to be {what}}}"')
        elif (text := _as_text(content)) is not None:
            options.append(f"--data-raw {shlex.quote(text)}")
        else:
            fed = f"printf %s '{base64.encodebytes(content).decode().rstrip()}' | base64 --decode | "
            options.append("--data-binary @-")
    return fed + " \\\n  ".join((CURL, *options))


def with_variables(text: str, variables: Variables) -> str:
    """Return the text with the profile's own variables in place of what stands for credentials."""
    return SECRET.sub(lambda match: f"${variables.get(match[1] or match[2], match[1] or match[2])}", text)


def _build_sent_headers(exchange: Exchange) -> list[tuple[str, str]]:
    """Return the headers that were sent, with that of the credential of the caller."""
    sent = list(exchange.request.headers)
    variable = name_token_variable(exchange.caller)
    if exchange.authorized_by == IN_QUERY:
        return sent
    if exchange.authorization is not None:
        sent.insert(0, (exchange.authorized_by, exchange.authorization))
    elif variable and "authorization" not in {name.lower() for name, _ in sent}:
        sent.insert(0, ("Authorization", f"Bearer ${variable}"))
    return sent


def _quote_word(text: str, variables: Variables) -> str:
    """Return the text as one word of a shell, with variables in place of secrets."""
    if not SECRET.search(text) and escape_text(text) == text:
        return shlex.quote(text)
    quoted, last = "", 0
    for found in SECRET.finditer(text):
        name = variables.get(found[1] or found[2], found[1] or found[2])
        is_followed = re.match(r"\w", text[found.end() :])
        quoted += _escape_quotes(text[last : found.start()]) + (f"${{{name}}}" if is_followed else f"${name}")
        last = found.end()
    return f'"{quoted}{_escape_quotes(text[last:])}"'


def _escape_quotes(text: str) -> str:
    """Return the text for double quotes; unprintable characters become octal numbers."""
    shown = re.sub(r'([\\$"`])', r"\\\1", text)
    return "".join(char if escape_text(char) == char else _format_octal(char) for char in shown)


def _format_octal(char: str) -> str:
    digits = "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogatepass"))
    return f"$(printf '{digits}')"


def _as_text(content: bytes) -> str | None:
    """Return the body as a word.

    None where it is long, or has bytes or characters that are not printable, or line feeds.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if len(content) <= LONGEST_WORD and escape_line(text) == text else None
