"""The profile of a target: who may call it, what it has, how much it bears. Read from TOML."""

from __future__ import annotations

import base64
import difflib
import os
import subprocess
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.errors import SuiteError

LONGEST_SETTLING = 60
STREAM_SECONDS, LONGEST_STREAM = 45, 3600
MOST_LASTING = 30
"""Objects that nobody can remove, of one run on a server that stays."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on what a run sends to the target."""

    read_only: bool = False
    requests_per_second: float | None = None
    max_requests: int | None = None
    max_creations: int | None = None
    """Objects that the run makes at most, those that states make among them."""
    max_lasting: int = MOST_LASTING
    """Objects that nobody can remove, and that the run makes and archives at most where it has no worlds."""
    settle_seconds: float = 0.0
    """The seconds that a list or read may take to show what was written before."""
    stream_seconds: float = STREAM_SECONDS
    """The seconds that a stream is read at most; above 310 it is judged whether it ends."""

    @property
    def life_seconds(self) -> float:
        """Return how long it may take what lives by itself to go on."""
        return self.settle_seconds or LONGEST_SETTLING

    @property
    def is_counted(self) -> bool:
        """Return whether the processes of a run have to count together."""
        return any((self.requests_per_second, self.max_requests, self.max_creations))


class ProfileError(SuiteError):
    """The profile cannot be used; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Credential:
    """The value of a header, and the name that stands for it in logs and reports."""

    label: str
    authorization: str | None = field(repr=False)
    header: str = "Authorization"
    """The header that it goes into."""
    query: str | None = None
    """The parameter of the query that it goes into in the place of a header."""


ANONYMOUS = Credential("anonymous", None)


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller whom the target knows."""

    name: str
    org: str
    token: str = field(repr=False)
    role: str | None = None
    permission_set: str | None = None
    scopes: frozenset[str] | None = None
    """The scopes of the caller; None until the target said (`GET /me/session`)."""
    token_command: str | None = field(default=None, repr=False)
    """The command that prints a fresh token, for when the first one has run out."""
    user_id: str | None = None
    """The user id of the caller; None until the target said."""
    environment: str | None = None
    """The variable of the environment that the token is read from; None where it comes from elsewhere."""
    header: str = "Authorization"
    """The header that the credential goes into."""
    scheme: str = "Bearer"
    """The scheme before the token there; empty: there is none."""
    query: str | None = None
    """The parameter of the query that the credential goes into in the place of a header."""

    @property
    def credential(self) -> Credential:
        """The credential, named for its caller; one without a token is nobody's."""
        if not self.token:
            return Credential(self.name, None)
        return Credential(self.name, f"{self.scheme} {self.token}".strip(), self.header, self.query)

    @property
    def held(self) -> frozenset[str]:
        """The scopes; none where the target has not told."""
        return self.scopes or frozenset()


@dataclass(frozen=True, slots=True)
class KnownObjects:
    """Objects that the target has, as the first caller's org sees them."""

    named: Mapping[str, str] = field(default_factory=dict)
    """The named objects by key of `[known]`; which keys there are follows from the registered resources."""
    expendable: tuple[str, ...] = ()
    """Ids of objects that may be changed and deleted."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A target as the suite knows it before the first request."""

    name: str
    url: str
    callers: tuple[Caller, ...] = ()
    states_url: str | None = None
    world_url: str | None = None
    org_urls: Mapping[str, str] = field(default_factory=dict)
    known: KnownObjects = field(default_factory=KnownObjects)
    limits: Limits = field(default_factory=Limits)
    contract: Path | None = None
    operations: tuple[str, ...] = ()
    """Ids of the operations that the target serves, or patterns of them; none: all that the contract declares."""
    not_served: tuple[str, ...] = ()
    """Ids of operations that it does not serve, or patterns of them."""
    is_owned: bool = False
    """The target is of the contract's own team, which each statement of the contract binds."""
    is_self_described: bool = False
    """The target itself says who the callers are, so what it says of them later is judged, not believed."""
    takes_any_credential: bool = False
    """The target takes any credential, as a mock of a document does that says nothing of who there is."""

    def find_url(self, org: str | None, world: str | None = None) -> str:
        """Return the base URL for the callers of an org: that of the world, of the org, or of the target."""
        if self.world_url is not None and world is not None:
            return self.world_url.replace("{world}", world)
        return self.org_urls.get(org or "", self.url)


_TARGET = {
    "name",
    "url",
    "control",
    "states_url",
    "world_url",
    "contract",
    "operations",
    "not_served",
    "any_credential",
}
ENV = "env:"
"""The beginning of a token that stands for a variable of the environment."""
_CALLER = {"org", "role", "permission_set", "token", "token_command", "scopes", "header", "scheme", "query", "basic"}
BASIC = "Basic"
_LIMITS = set(Limits.__dataclass_fields__)


def read_profile(path: Path, known: Collection[str], *, has_orgs: bool = True) -> Profile:
    """Return the profile in a TOML file; ProfileError names what is wrong, where, and what to do.

    `known`: the keys that `[known]` may have beside `expendable`. `has_orgs`: whether callers belong to orgs; else
    each stands for itself where none is named.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ProfileError(f"{path}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not valid TOML: {error}") from None
    try:
        return _read_profile(data, path.parent, known, has_orgs=has_orgs)
    except ProfileError as error:
        raise ProfileError(f"{path}: {error}") from None


def read_named_contract(path: Path) -> Path | None:
    """Return the contract that the profile in a TOML file names; None where it names none, or cannot be read."""
    try:
        named = tomllib.loads(path.read_text(encoding="utf-8")).get("target", {}).get("contract")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError):
        return None
    return path.parent / named if isinstance(named, str) and named else None


def _read_profile(data: Mapping[str, Any], folder: Path, known: Collection[str], *, has_orgs: bool) -> Profile:
    _check_keys(data, {"target", "contract", "callers", "orgs", "known", "limits"}, "")
    target = _read_table(data, "target")
    _check_keys(target, _TARGET, "target.")
    url = _read_text(target, "url", "target.")
    if url is None:
        raise ProfileError("target.url: is missing; give the base URL, such as https://.../v1")
    control = target.get("control", "provider-states" if "states_url" in target else "none")
    if control not in ("none", "provider-states"):
        raise ProfileError(f"target.control: {control!r} is neither 'none' nor 'provider-states'")
    states_url = _read_text(target, "states_url", "target.")
    if control == "provider-states" and states_url is None:
        raise ProfileError("target.states_url: is missing; control = 'provider-states' needs it")
    contract = _read_text(target, "contract", "target.")
    return Profile(
        name=_read_text(target, "name", "target.") or url,
        url=check_base_url(url, "target.url"),
        callers=tuple(
            _read_caller(name, _read_table(_read_table(data, "callers"), name, "callers."), has_orgs=has_orgs)
            for name in _read_table(data, "callers")
        ),
        states_url=states_url if control == "provider-states" else None,
        world_url=_read_text(target, "world_url", "target."),
        org_urls=dict(_read_org_urls(_read_table(data, "orgs"))),
        known=_read_known(_read_table(data, "known"), known),
        limits=_read_limits(_read_table(data, "limits")),
        contract=(folder / contract) if contract else None,
        operations=_read_patterns(target, "operations"),
        not_served=_read_patterns(target, "not_served"),
        is_owned=_read_owned(_read_table(data, "contract")),
        takes_any_credential=_read_flag(target, "any_credential", "target."),
    )


def check_base_url(url: str, place: str) -> str:
    """Return the URL without a trailing slash; ProfileError unless it is http or https with a host."""
    scheme, separator, rest = url.partition("://")
    if scheme not in ("http", "https") or not separator or not rest.strip("/"):
        raise ProfileError(f"{place}: {url!r} is not a base URL; give one like https://.../v1")
    return url.rstrip("/")


def _read_caller(name: str, table: Mapping[str, Any], *, has_orgs: bool) -> Caller:
    place = f"callers.{name}."
    _check_keys(table, _CALLER, place)
    org = _read_text(table, "org", place) or (None if has_orgs else name)
    if org is None:
        raise ProfileError(f"{place}org: is missing; name the org that the caller belongs to")
    scopes = table.get("scopes")
    if scopes is not None and not _is_texts(scopes):
        raise ProfileError(f"{place}scopes: has to be a list of scope names")
    return Caller(
        name=name,
        org=org,
        token=_read_token(table, place),
        **_read_placing(table, place),
        role=_read_text(table, "role", place),
        permission_set=_read_text(table, "permission_set", place),
        scopes=frozenset(scopes) if scopes is not None else None,
        token_command=_read_text(table, "token_command", place),
        environment=_read_environment(table, place),
    )


def _read_placing(table: Mapping[str, Any], place: str) -> dict[str, str]:
    """Return where a credential goes: the header, with what stands before the token, or the parameter of the query."""
    header, scheme, query = (_read_text(table, name, place) for name in ("header", "scheme", "query"))
    if "basic" in table:
        return {"scheme": BASIC}
    if query is not None:
        if other := next((name for name in ("header", "scheme") if name in table), None):
            raise ProfileError(f"{place}query: says where the token goes; leave {other} out")
        return {"query": query, "scheme": ""}
    if header is None:
        return {"scheme": scheme} if scheme else {}
    if not header.isascii() or not header.replace("-", "").replace("_", "").isalnum():
        raise ProfileError(f"{place}header: {header!r} is no name of a header, such as X-API-Key")
    return {"header": header, "scheme": scheme or ""}


def _read_patterns(target: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the ids and patterns of operations in a list; none where the list is absent."""
    found = target.get(name)
    if found is None:
        return ()
    if not _is_texts(found) or not found:
        raise ProfileError(f'target.{name}: has to be a list of operation ids or patterns, such as ["packs.*"]')
    return tuple(found)


def _read_environment(table: Mapping[str, Any], place: str) -> str | None:
    """Return the variable that a token is read from; None where it stands in the profile, or a command prints it."""
    token, command = _read_text(table, "token", place), _read_text(table, "token_command", place)
    return token.removeprefix(ENV) if command is None and token is not None and token.startswith(ENV) else None


def _read_token(table: Mapping[str, Any], place: str) -> str:
    token, command = _read_text(table, "token", place), _read_text(table, "token_command", place)
    if (pair := _read_text(table, "basic", place)) is not None:
        return _encode_basic(pair, table, place)
    if command is not None:
        return run_token_command(command, place)
    if token is None:
        raise ProfileError(f"{place}token: is missing; give token = 'env:NAME' or token_command")
    return _read_value(token, f"{place}token")


def _read_value(given: str, place: str) -> str:
    """Return the text of a profile, or of the variable of the environment that it names."""
    if not given.startswith(ENV):
        return given
    name = given.removeprefix(ENV)
    value = os.environ.get(name, "")
    if not value:
        raise ProfileError(f"{place}: the environment has no {name}; set it")
    return value


def _encode_basic(pair: str, table: Mapping[str, Any], place: str) -> str:
    """Return the token of a user and a password, as the scheme Basic has it."""
    if others := [each for each in ("token", "token_command", "header", "scheme", "query") if each in table]:
        raise ProfileError(f"{place}basic: is a credential by itself; leave {others[0]} out")
    value = _read_value(pair, f"{place}basic")
    if ":" not in value:
        raise ProfileError(f"{place}basic: has to be a user and a password, such as ada:secret, or env:NAME of both")
    return base64.b64encode(value.encode()).decode()


def run_token_command(command: str, place: str) -> str:
    """Return the first line that the command prints; ProfileError where it fails or prints nothing."""
    try:
        # The command is the user's own, from the user's own profile, and a shell line by purpose.
        done = subprocess.run(  # noqa: S602
            command, shell=True, capture_output=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        raise ProfileError(f"{place}token_command: printed no token within 60 s") from None
    try:
        token = done.stdout.partition(b"\n")[0].decode("ascii").strip()
    except UnicodeDecodeError:
        raise ProfileError(f"{place}token_command: its first line is not ASCII text, as a token is") from None
    if done.returncode or not token:
        raise ProfileError(f"{place}token_command: exit code {done.returncode}, no token printed")
    return token


def _read_org_urls(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    urls = []
    for org in table:
        entry = _read_table(table, org, "orgs.")
        _check_keys(entry, {"url"}, f"orgs.{org}.")
        urls.append((org, check_base_url(str(entry.get("url", "")), f"orgs.{org}.url")))
    return urls


def _read_known(table: Mapping[str, Any], keys: Collection[str]) -> KnownObjects:
    _check_keys(table, {"expendable", *keys}, "known.")
    expendable = table.get("expendable", [])
    if not _is_texts(expendable):
        raise ProfileError("known.expendable: has to be a list of ids")
    named = {key: text for key in table if key != "expendable" and (text := _read_text(table, key, "known."))}
    return KnownObjects(named, tuple(expendable))


def _read_owned(table: Mapping[str, Any]) -> bool:
    _check_keys(table, {"owned"}, "contract.")
    return _read_flag(table, "owned", "contract.")


def _read_limits(table: Mapping[str, Any]) -> Limits:
    _check_keys(table, _LIMITS, "limits.")
    rate = table.get("requests_per_second")
    read_only = _read_flag(table, "read_only", "limits.")
    if rate is not None and (isinstance(rate, bool) or not isinstance(rate, int | float) or rate <= 0):
        raise ProfileError("limits.requests_per_second: has to be a number above 0")
    settle = _read_seconds(table, "settle_seconds", 0, LONGEST_SETTLING)
    requests, creations, lasting = (
        _read_most(table, name) for name in ("max_requests", "max_creations", "max_lasting")
    )
    streams = _read_seconds(table, "stream_seconds", STREAM_SECONDS, LONGEST_STREAM)
    return Limits(read_only, rate, requests, creations, lasting or MOST_LASTING, settle, streams)


def _read_seconds(table: Mapping[str, Any], name: str, usual: float, most: float) -> float:
    found = table.get(name, usual)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= most:
        raise ProfileError(f"limits.{name}: has to be a number of seconds from 0 to {most}")
    return float(found)


def _read_most(table: Mapping[str, Any], name: str) -> int | None:
    most = table.get(name)
    if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 1):
        raise ProfileError(f"limits.{name}: has to be a whole number above 0")
    return most


def _check_keys(table: Mapping[str, Any], known: set[str], place: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
            raise ProfileError(f"{place}{key}: unknown key; {hint}")


def _read_table(data: Mapping[str, Any], key: str, place: str = "") -> Mapping[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, Mapping):
        raise ProfileError(f"{place}{key}: has to be a table")
    return table


def _read_text(table: Mapping[str, Any], key: str, place: str) -> str | None:
    value = table.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise ProfileError(f"{place}{key}: has to be a text that is not empty")
    return value


def _read_flag(table: Mapping[str, Any], key: str, place: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ProfileError(f"{place}{key}: has to be true or false")
    return value


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
