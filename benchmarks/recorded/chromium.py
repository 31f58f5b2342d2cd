"""A random session as Chromium's network panel exports it: `python -m benchmarks.recorded.chromium --seed N FILE`.

The page is of another origin than the API, so that there are preflights; what comes of a stream is cut off.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

import click
from playwright.sync_api import CDPSession, Error, Page

from benchmarks.lies.contract import load
from benchmarks.recorded.app import Ask, Told
from benchmarks.recorded.session import LENGTH, Session
from tests.chromium import chromium
from tests.live import served_mock

_ASK = """async ({ url, method, headers, body }) => {
  const bytes = Uint8Array.from(atob(body), (each) => each.charCodeAt(0));
  const ended = new AbortController();
  const answer = await fetch(url, {
    method, headers, signal: ended.signal, body: bytes.length ? bytes : undefined, cache: 'no-store',
  });
  const streams = (answer.headers.get('content-type') || '').startsWith('text/event-stream');
  const reader = answer.body ? answer.body.getReader() : { read: async () => ({ done: true }) };
  let content = '';
  for (;;) {
    const late = new Promise((resolve) => setTimeout(() => resolve({ done: true }), 200));
    const { done, value } = await (streams ? Promise.race([reader.read(), late]) : reader.read());
    if (done) break;
    for (const each of value) content += String.fromCharCode(each);
  }
  if (streams) ended.abort();
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: btoa(content) };
}"""
_TEXT = ("text/", "application/json", "application/xml", "application/javascript")
"""Media types of bodies that the panel writes as text."""


@dataclass(slots=True)
class _Seen:
    """The browser's record of one request."""

    sent: Mapping[str, Any] = field(default_factory=dict)
    sent_extra: Mapping[str, Any] = field(default_factory=dict)
    came: Mapping[str, Any] = field(default_factory=dict)
    came_extra: Mapping[str, Any] = field(default_factory=dict)
    received: int = 0
    ended: float = 0.0
    transferred: int = 0
    failure: str = ""
    body: Mapping[str, Any] | None = None


@dataclass  # without slots: Playwright keeps its own wrapping of a listener there
class NetworkPanel:
    """The record of what the network panel of the browser's own tools shows of a page."""

    devtools: CDPSession
    requests: dict[str, _Seen] = field(default_factory=dict)

    def open(self) -> None:
        """Begin to keep what passes."""
        listeners = {
            "requestWillBeSent": lambda it: self._note(it, sent=it),
            "requestWillBeSentExtraInfo": lambda it: self._note(it, sent_extra=it),
            "responseReceived": lambda it: self._note(it, came=it["response"]),
            "responseReceivedExtraInfo": lambda it: self._note(it, came_extra=it),
            "dataReceived": self._receive,
            "loadingFinished": lambda it: self._note(
                it, ended=it["timestamp"], transferred=int(it["encodedDataLength"])
            ),
            "loadingFailed": lambda it: self._note(it, ended=it["timestamp"], failure=it["errorText"]),
        }
        for name, listener in listeners.items():
            self.devtools.on(f"Network.{name}", listener)
        self.devtools.send("Network.enable", {"maxTotalBufferSize": 1 << 28, "maxPostDataSize": 1 << 20})

    def _note(self, said: Mapping[str, Any], **known: Any) -> None:
        seen = self.requests.setdefault(said["requestId"], _Seen())
        for name, value in known.items():
            setattr(seen, name, value)

    def _receive(self, said: Mapping[str, Any]) -> None:
        self.requests.setdefault(said["requestId"], _Seen()).received += said["dataLength"]

    def load(self) -> None:
        """Ask for the bodies that have come, as the panel does for what it exports."""
        for name, seen in self.requests.items():
            if seen.ended and not seen.failure and seen.body is None:
                try:
                    seen.body = self.devtools.send("Network.getResponseBody", {"requestId": name})
                except Error:  # as of a preflight
                    seen.body = {}

    @property
    def document(self) -> dict[str, Any]:
        """The HAR that the panel exports, with sensitive data."""
        entries = sorted((_build_entry(each) for each in self.requests.values() if each.sent), key=_format_begun)
        creator = {"name": "WebInspector", "version": "537.36"}
        return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": entries}}


def _format_begun(entry: Mapping[str, Any]) -> str:
    return str(entry["startedDateTime"])


def _build_entry(seen: _Seen) -> dict[str, Any]:
    asked, came = seen.sent["request"], seen.came
    sent_headers = seen.sent_extra.get("headers", asked["headers"])
    headers = seen.came_extra.get("headers", came.get("headers", {}))
    timing = came.get("timing") or {}
    began, preflight = seen.sent["wallTime"], seen.sent["initiator"]["type"] == "preflight"
    posted = asked.get("postData", "")
    request = {
        "method": asked["method"],
        "url": asked["url"],
        "httpVersion": came.get("protocol", "http/1.1"),
        "headers": _build_pairs(sent_headers),
        "queryString": [{"name": n, "value": v} for n, v in parse_qsl(urlsplit(asked["url"]).query)],
        "cookies": [],
        "headersSize": -1,
        "bodySize": len(posted.encode()),
    }
    if posted:
        request["postData"] = {"mimeType": _find_header(sent_headers, "content-type"), "text": posted}
    content: dict[str, Any] = {"size": seen.received, "mimeType": came.get("mimeType", "x-unknown")}
    if seen.body:
        content |= {"text": seen.body["body"], **({"encoding": "base64"} if seen.body["base64Encoded"] else {})}
    response = {
        "status": seen.came_extra.get("statusCode", came.get("status", 0)),
        "statusText": came.get("statusText", ""),
        "httpVersion": came.get("protocol", ""),
        "headers": _build_pairs(headers),
        "cookies": [],
        "content": content,
        "redirectURL": _find_header(headers, "location"),
        "headersSize": -1,
        "bodySize": max(seen.transferred - int(came.get("encodedDataLength", 0)), 0) if came else 0,
        "_transferSize": seen.transferred,
        "_error": seen.failure or None,
        "_fetchedViaServiceWorker": came.get("fromServiceWorker", False),
    }
    return {
        "_connectionId": str(came.get("connectionId", "")),
        "_initiator": seen.sent["initiator"],
        "_priority": asked.get("initialPriority", "High"),
        "_resourceType": "preflight" if preflight else seen.sent.get("type", "Other").lower(),
        "cache": {},
        "connection": str(urlsplit(asked["url"]).port or ""),
        "request": request,
        "response": response,
        "serverIPAddress": came.get("remoteIPAddress", ""),
        "startedDateTime": datetime.fromtimestamp(began, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": max(seen.ended - seen.sent["timestamp"], 0.0) * 1000,
        "timings": {"blocked": -1, "dns": -1, "connect": -1, "send": timing.get("sendEnd", 0), "wait": 0, "receive": 0},
    }


def _build_pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _find_header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


@dataclass(slots=True)
class Browser:
    """A browser that sends what a session asks, from a page."""

    page: Page
    panel: NetworkPanel
    origin: str
    tokens: Mapping[str, str]

    def send(self, asked: Ask) -> Told:
        """Have the page send a request, and wait for its answer."""
        headers = {"Authorization": f"Bearer {self.tokens.get(asked.by, asked.by)}"} if asked.by else {}
        headers |= {"Content-Type": asked.media_type} if asked.media_type else {}
        body = base64.b64encode(asked.body).decode()
        given = {"url": f"{self.origin}/v1{asked.path}", "method": asked.method, "headers": headers, "body": body}
        told = self.page.evaluate(_ASK, given)
        self.panel.load()
        return Told(told["status"], told["headers"], base64.b64decode(told["body"]))


def record(seed: int, length: int = LENGTH) -> dict[str, Any]:
    """Return the HAR of the session of a seed on a mock."""
    with served_mock() as origin, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{origin.replace('127.0.0.1', 'localhost')}/_mock/personas")
        personas = json.loads(page.inner_text("body"))["personas"]
        panel = NetworkPanel(page.context.new_cdp_session(page))
        panel.open()
        asking = Browser(page, panel, origin, {each["name"]: each["token"] for each in personas})
        Session(load(), seed, asking.send, length).run()
        return panel.document


@click.command()
@click.option("--seed", type=int, required=True)
@click.option("--length", type=click.IntRange(min=1), default=LENGTH, show_default=True)
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def main(seed: int, length: int, path: Path) -> None:
    """Record the session of a seed, in a zip."""
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        packed.writestr("session.har", json.dumps(record(seed, length)))


if __name__ == "__main__":
    main()
