"""Options of `serve` for passing operations on: rules, a profile with the callers, and when it is not done at all."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mock_server.errors import StartError
from mock_server.settings import PassedCaller, PassRule, PassSettings

_ENVIRONMENT = "env:"
_NO = {"", "0", "false", "no"}


class PassingError(StartError):
    """Operations cannot be passed on as it was asked for; the text says what is wrong and what to do."""


def read_passing(
    rules: Sequence[str], profile: Path | None, *, writes: bool, timeout: float, in_ci: bool, host: str
) -> PassSettings | None:
    """Return what is passed on, None where nothing is; PassingError where that cannot be, or must not."""
    if not rules:
        if profile is not None or writes or in_ci:
            raise PassingError("--pass: say which operations are passed on, such as --pass 'packs.*=https://host/v1'")
        return None
    if not in_ci and os.environ.get("CI", "").strip().lower() not in _NO:
        raise PassingError(
            "--pass: this is CI (the environment has CI), where nothing is passed on to another server unless "
            "--pass-in-ci says so"
        )
    if not _is_loopback(host):
        raise PassingError(
            f"--pass: whoever reaches the mock acts with the credentials of the profile, so it listens on loopback "
            f"only, not on --host {host}"
        )
    if profile is None:
        raise PassingError(
            "--pass-profile: is missing; name the TOML file with the callers of the other server, each by the name "
            'of a persona: [callers.acme-owner] with org and token = "env:NAME"'
        )
    url, callers = _read_profile(profile)
    return PassSettings(tuple(_read_rule(each, url) for each in rules), callers, writes, timeout)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _read_rule(text: str, usual: str | None) -> PassRule:
    pattern, separator, url = text.partition("=")
    if not separator and usual is not None:
        url = usual
    if not pattern.strip() or not url:
        raise PassingError(f"--pass {text}: give PATTERN=URL, such as 'packs.*=https://host/v1'")
    return PassRule(pattern.strip(), _check_url(url.strip(), f"--pass {text}"))


def _check_url(url: str, place: str) -> str:
    """Return a base URL without a slash at its end; PassingError unless a credential may travel to it."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise PassingError(f"{place}: {url!r} is not a base URL; give one like https://host/v1")
    if parts.username is not None or parts.password is not None:
        raise PassingError(f"{place}: the URL holds a user; a caller's credential comes from the profile")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise PassingError(f"{place}: credentials would travel without TLS; give a URL of https")
    return url.rstrip("/")


def _read_profile(path: Path) -> tuple[str | None, Mapping[str, PassedCaller]]:
    """Return the base URL and the callers that a profile of the conformance suite has, or the part of one."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PassingError(f"--pass-profile {path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PassingError(f"--pass-profile {path}: is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise PassingError(f"--pass-profile {path}: is not TOML: {error}") from error
    try:
        callers = dict(_read_callers(_read_table(data, "callers", "callers")))
        url = _read_table(data, "target", "target").get("url")
    except PassingError as problem:
        raise PassingError(f"--pass-profile {path}: {problem}") from None
    if not callers:
        raise PassingError(
            f"--pass-profile {path}: has no callers; give each a table of its own, by the name of a persona: "
            "[callers.acme-owner]"
        )
    return url if isinstance(url, str) else None, callers


def _read_table(data: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise PassingError(f"{place}: has to be a table")
    return found


def _read_callers(tables: Mapping[str, Any]) -> Iterator[tuple[str, PassedCaller]]:
    for name in tables:
        place = f"callers.{name}"
        table = _read_table(tables, name, place)
        org, token = table.get("org"), table.get("token")
        if not isinstance(org, str) or not org:
            raise PassingError(f"{place}.org: is missing; name the org that the caller belongs to there")
        if "token_command" in table or not isinstance(token, str) or not token:
            raise PassingError(f'{place}.token: give token = "env:NAME", the environment variable that holds it')
        yield name, PassedCaller(org, _read_token(token, place))


def _read_token(token: str, place: str) -> str:
    if not token.startswith(_ENVIRONMENT):
        return _require_sendable(token, place)
    name = token.removeprefix(_ENVIRONMENT)
    value = os.environ.get(name, "").strip()
    if not value:
        raise PassingError(f"{place}.token: the environment has no {name}; set it")
    return _require_sendable(value, place)


def _require_sendable(token: str, place: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise PassingError(f"{place}.token: is no text that a header can hold")
    return token
