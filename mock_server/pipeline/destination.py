"""Find where a request goes: the contract, the path below its base path, and the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol

from mock_server.contract.compiled import Contract
from mock_server.contract.schema import shorten
from mock_server.errors import ApiError, NotFound
from mock_server.pipeline.address import API, PREFIX, read_mount_path, read_sent_path, split_address, tell_directions
from mock_server.pipeline.cors import Cors, is_preflight
from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.answer import Answer, render, write_date
from mock_server.worlds.call import Authenticate, Call
from mock_server.worlds.journal import Entry
from mock_server.worlds.world import World
from mock_server.worlds.worlds import Worlds

Scope = Mapping[str, Any]
Headers = Mapping[bytes, bytes]
Serve = Callable[[Call, World, str, Hooks], Answer | Awaitable[Answer]]

Page = Callable[[str, str, Headers], Answer | None]
"""Answers a method and a path below the control API's where a page is; else None."""

Entrance = Callable[[str, Headers, str, str], Answer | None]
"""Answers a method at the root of the mock or of a world, by the world's name and the mount's path; else None."""


class Log(Protocol):
    """The log of requests."""

    def write_call(self, entry: Entry, world: str) -> None:
        """Write a line about a request of the API, once it was recorded."""

    def write_control_call(self, method: str, path: str, answer: Answer) -> None:
        """Write a line about a control call."""

    def write_elsewhere(self, method: str, path: str, answer: Answer) -> None:
        """Write a line about a request that reached no contract."""


class Mount(NamedTuple):
    """A contract and what runs its operations."""

    contract: Contract
    serve: Serve
    own_world: World | None = None  # None: the caller chooses, by header or base URL
    authenticate: Authenticate | None = None  # None: by the credentials of a world


class Destinations:
    """The contracts by their base paths, the pages, and the worlds."""

    def __init__(
        self,
        worlds: Worlds,
        control: Mount,
        control_world: World,
        *,
        hooks: Hooks,
        cors: Cors,
        page: Page,
        entrance: Entrance,
        log: Log | None,
    ) -> None:
        self.mounts: dict[str, Mount] = {control.contract.base_path: control}
        self._api = API
        self._deep: str | None = None  # the base path of a contract where it is not one segment
        self._worlds = worlds
        self._control_world = control_world
        self._hooks = hooks
        self._cors = cors
        self._known_host = cors.known_host
        self._page = page
        self._entrance = entrance
        self._log = log

    def mount(self, mount: Mount) -> None:
        """Serve a contract at its base path."""
        base = mount.contract.base_path
        self.mounts[base] = mount
        self._api = base
        self._deep = base if base.count("/") != 1 else None

    def is_own(self, base_path: str) -> bool:
        """Return whether the mock itself answers below a base path, or below a part of it."""
        path = f"{base_path}/"
        own = (*self.mounts, PREFIX.rstrip("/"))
        return any(path.startswith(f"{each}/") or each.startswith(path) for each in own if each)

    def _find_deep(self, first: str, below: str) -> tuple[Mount | None, str]:
        """Return the contract whose base path is the root or of several segments, above a path; and the rest."""
        base, path = self._deep, first + below
        if base is None or not f"{path}/".startswith(f"{base}/"):
            return None, path
        return self.mounts[base], path[len(base) :]

    def find(self, scope: Scope, headers: Headers) -> tuple[Mount, str, World] | Answer:
        """Return the contract that a request is for, its path there and its world; or what is answered without."""
        host = headers.get(b"host", b"")
        if not self._known_host(host):
            return self._refuse(scope, self._cors.refuse_host(host), self._control_world)
        if is_preflight(scope["method"], headers):
            return self._answer_preflight(scope, headers)
        world = self._worlds.default
        try:
            base, path, name = split_address(scope, headers)
            mount = self.mounts.get(base)
            if mount is not None and mount.own_world is not None:
                world = mount.own_world
                self._cors.check_control(scope["method"], headers)
                page = self._page(scope["method"], path, headers)
                return (mount, path, world) if page is None else self._complete_outside_worlds(page)
            if mount is None and (page := self._enter(scope, base + path, headers, name)) is not None:
                return self._complete_outside_worlds(page)
            if mount is None:
                mount, path = self._find_deep(base, path)
            world = self._worlds.get(name)
            if mount is None:
                raise NotFound(f"There is no path {shorten(path)}. {tell_directions(self._api)}")
        except ApiError as refusal:
            return self._refuse(scope, refusal, world)
        return mount, path, world

    def _enter(self, scope: Scope, path: str, headers: Headers, world: str) -> Answer | None:
        if path not in {"", "/"}:
            return None
        return self._entrance(scope["method"], headers, world, read_mount_path(scope).decode("latin-1"))

    def _answer_preflight(self, scope: Scope, headers: Headers) -> Answer:
        try:
            answer = self._cors.answer_preflight(
                headers[b"origin"], headers.get(b"access-control-request-headers", b"")
            )
        except ApiError as refusal:
            return self._refuse(scope, refusal, self._control_world)
        return self._complete_outside_worlds(answer)

    def _complete_outside_worlds(self, answer: Answer) -> Answer:
        """Add the headers that every answer has, where no world is asked."""
        answer.headers[b"x-request-id"] = self._control_world.make_request_id().encode()
        answer.headers[b"date"] = write_date(self._control_world.read_clock())
        return answer

    def _refuse(self, scope: Scope, refusal: ApiError, world: World) -> Answer:
        """Return the answer to what reaches no contract."""
        answer = render(refusal, self._hooks.request_id(world))
        answer.headers[b"date"] = write_date(self._hooks.now(world))
        if self._log is not None:
            self._log.write_elsewhere(scope["method"], read_sent_path(scope), answer)
        return answer
