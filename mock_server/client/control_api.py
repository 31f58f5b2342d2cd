"""The control API of a running mock, and the clients of what that serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Self
from urllib.parse import quote

import httpx

from mock_server.client.errors import MockError, Refused, Unreachable
from mock_server.client.transport import InProcessTransport

CONTROL = "/_mock"
BASE_PATH = "/v1"
DEFAULT = "default"
"""The world of requests that name none."""

Json = dict[str, Any]

_CONNECT_S = 5
_PATIENCE_S = 60  # a mock that is there may be busy, or on a machine that is
_NO_NODE = {502, 503, 504}


class ControlApi:
    """The control API of a running mock, on a port or in this process.

    `base_path`: that of its API, which the contract of another API says in its first server; empty for the root.
    """

    def __init__(
        self,
        origin: str,
        *,
        transport: InProcessTransport | None = None,
        control_token: str | None = None,
        base_path: str = BASE_PATH,
    ) -> None:
        self.origin = origin.rstrip("/").removesuffix(base_path)
        self.base_path = base_path
        self._transport = transport
        self._opened: set[httpx.Client] = set()
        self._control = self.open(self.origin + CONTROL, control_token)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every client that was opened here."""
        for client in list(self._opened):
            self.close_client(client)

    def open(self, base_url: str, token: str | None = None, **options: Any) -> httpx.Client:
        """Return a client of this mock that is closed with it; it uses no proxy of the environment."""
        try:
            client = httpx.Client(**self._make_settings(base_url, token, options))
        except httpx.InvalidURL as error:
            raise MockError(f"{base_url} is no URL: {error}") from error
        self._opened.add(client)
        return client

    def close_client(self, client: httpx.Client) -> None:
        """Close a client."""
        self._opened.discard(client)
        client.close()

    def open_async(self, base_url: str, token: str | None = None, **options: Any) -> httpx.AsyncClient:
        """Return an asynchronous client of this mock; the caller closes it."""
        return httpx.AsyncClient(**self._make_settings(base_url, token, options))

    def _make_settings(self, base_url: str, token: str | None, options: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a client; plain HTTP loads no certificates, which takes longer than a test runs."""
        headers = httpx.Headers(options.pop("headers", None))
        if token is not None:
            headers.setdefault("Authorization", f"Bearer {token}")
        own = {
            "transport": self._transport,
            "trust_env": False,
            "verify": base_url.startswith("https:"),
            "timeout": httpx.Timeout(_PATIENCE_S, connect=_CONNECT_S),
        }
        return {"base_url": base_url, "headers": headers, **own, **options}

    def ask(self, method: str, path: str, **options: Any) -> Json:
        """Return the JSON answer of the control API; raises Refused or Unreachable."""
        answer = self.request(method, path, **options)
        shown: Json = answer.json() if answer.content else {}
        return shown

    def request(self, method: str, path: str, *, may_redirect: bool = False, **options: Any) -> httpx.Response:
        """Return the answer of the control API as it is, a redirect only if it may be one; raises as `ask`."""
        with self._raise_unreachable():
            answer = self._control.request(method, path, **options)
        if not (may_redirect and answer.has_redirect_location):
            self._check(method, answer)
        return answer

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str], silence_s: float | None = None) -> Iterator[Iterator[str]]:
        """Yield the lines of an answer of the control API as they come; it may end or break off at any time.

        After so many seconds without a line they raise httpx.ReadTimeout.
        """
        timeout = httpx.Timeout(_CONNECT_S, read=silence_s)
        with self._raise_unreachable():
            request = self._control.build_request("GET", path, headers=headers, timeout=timeout)
            answer = self._control.send(request, stream=True)
        try:
            if not answer.is_success:
                answer.read()
                self._check("GET", answer)
            yield answer.iter_lines()
        finally:
            answer.close()

    @contextmanager
    def _raise_unreachable(self) -> Iterator[None]:
        try:
            yield
        except httpx.TransportError as error:
            raise Unreachable(
                f"no mock answers at {self.origin} ({error}): start one with `evershell-mock serve`, or name another"
            ) from error

    def _check(self, method: str, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        where = f"{method} {answer.url.path} is {answer.status_code}"
        try:
            problem = answer.json()["error"]
            problem["message"]
        except (ValueError, LookupError, TypeError) as error:
            if answer.status_code in _NO_NODE:
                raise Unreachable(f"the node does not answer the front at {self.origin}: {where}") from error
            raise Unreachable(f"what answers at {self.origin} is no mock of ours: {where}") from error
        raise Refused(answer.status_code, problem)

    @cached_property
    def personas(self) -> Mapping[str, Json]:
        """The personas by name, as the control API shows them, with their tokens."""
        return {persona["name"]: persona for persona in self.ask("GET", "/personas")["personas"]}

    def token(self, persona: str) -> str:
        """Return the token of a persona; MockError, with a near name, where there is no such persona."""
        if persona not in self.personas:
            near = get_close_matches(persona, self.personas, n=1)
            hint = f"did you mean {near[0]}?" if near else "`evershell-mock personas` lists them"
            raise MockError(f"there is no persona {persona}: {hint}")
        token: str = self.personas[persona]["token"]
        return token

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The names of the nodes behind this URL; none where it is one mock."""
        if "node" not in self.ask("GET", "/health"):
            return ()
        try:
            return tuple(self.ask("GET", f"{self.origin}/_nodes")["nodes"])
        except Refused:  # a node without a front
            return ()

    def ask_node(self, node: str, method: str, path: str, **options: Any) -> Json:
        """Return the JSON answer of the control API of one node; raises Refused or Unreachable."""
        return self.ask(method, self._address_node(node, path), **options)

    def _address_node(self, node: str, path: str) -> str:
        return f"{self.origin}/_nodes/{quote(node, safe='')}{CONTROL}{path}"

    def check_nodes(self) -> None:
        """Raise MockError where the nodes do not serve the same: the seed of ids, the contract, the seed data."""
        served = {node: self.ask_node(node, "GET", "/health")["digest"] for node in self.nodes}
        if len(set(served.values())) > 1:
            told = ", ".join(f"{node} {digest[:15]}" for node, digest in served.items())
            raise MockError(f"the nodes do not serve the same seed, contract and fixtures: {told}")

    def find_node(self, world: str) -> str:
        """Return the name of the node to which the requests of a world go."""
        node: str = self.ask("GET", "/health", headers={"X-Mock-World": world})["node"]
        return node

    def worlds(self) -> list[Json]:
        """Return the worlds that exist, of all nodes; each node has a `default`, and the one that is asked counts."""
        if not self.nodes:
            own: list[Json] = self.ask("GET", "/worlds")["worlds"]
            return own
        known = [each for node in self.nodes for each in self.list_worlds_at(node)]
        default = self.find_node(DEFAULT)
        return [each for each in known if each["name"] != DEFAULT or each["node"] == default]

    def list_worlds_at(self, node: str) -> list[Json]:
        """Return the worlds that exist at one node."""
        worlds: list[Json] = self.ask_node(node, "GET", "/worlds")["worlds"]
        return worlds

    def export_at(self, node: str, world: str) -> bytes:
        """Return the document of the state that a world has at one node."""
        return self.request("GET", self._address_node(node, f"/worlds/{quote(world, safe='')}/state")).content
