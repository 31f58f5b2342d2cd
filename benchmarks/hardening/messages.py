"""Well-formed HTTP/1.1 requests: what stands in them is anything, how they are written is right."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from benchmarks.hardening.content import archive, draw_json_text, draw_multipart

WORLDS = 8
"""The worlds that are used; their names begin alike."""
PREFIX = "fuzz-"

_METHODS = [b"GET", b"POST", b"PATCH", b"PUT", b"DELETE", b"HEAD", b"OPTIONS", b"TRACE", b"QUERY", b"PROPFIND"]
_CALLS = [
    (b"GET", b"/v1/packs"),
    (b"POST", b"/v1/packs"),
    (b"POST", b"/v1/packs/upload"),
    (b"POST", b"/v1/packs/upload"),
    (b"GET", b"/v1/packs/pack_acme_pager"),
    (b"PATCH", b"/v1/packs/pack_acme_pager"),
    (b"PATCH", b"/v1/packs/pack_01HZ"),
    (b"DELETE", b"/v1/packs/pack_01HZ"),
    (b"GET", b"/v1/packs/pack_acme_pager/files"),
    (b"GET", b"/v1/packs/pack_acme_pager/files/pack.yaml"),
    (b"PUT", b"/v1/packs/pack_acme_pager/files/pack.yaml"),
    (b"GET", b"/v1/me/session"),
]
_CONTROL = [
    (b"POST", b"/reset"),
    (b"POST", b"/reset"),
    (b"DELETE", b""),
    (b"GET", b"/state"),
    (b"PUT", b"/state"),
    (b"PUT", b"/orgs/org_acme/billing"),
    (b"GET", b"/clock"),
    (b"PUT", b"/clock"),
    (b"POST", b"/snapshots"),
    (b"GET", b"/snapshots"),
    (b"DELETE", b"/snapshots/a"),
    (b"GET", b"/journal"),
    (b"DELETE", b"/journal"),
    (b"POST", b"/journal/verify"),
    (b"GET", b"/coverage"),
    (b"POST", b"/states"),
    (b"PUT", b"/images/a/b:1"),
    (b"POST", b"/rewind"),
    (b"POST", b"/fork"),
]
_PIECES = [
    b"v1",
    b"packs",
    b"upload",
    b"pack_01HZ",
    b"pack_acme_pager",
    b"files",
    b"pack.yaml",
    b"me",
    b"session",
    b"_mock",
    b"worlds",
    b"default",
    b"%2e%2e",
    b"..",
    b".",
    b"",
    b"%2F",
    b"%00",
    b"%ff",
    b"%zz",
    b"a;b=c",
    b"%C3%A9",
    b"a" * 3000,
    b"$",
    b"~",
    b"%252e",
    b"packs%2Fupload",
    b"PACKS",
]
_QUERIES = [
    b"",
    b"",
    b"",
    b"?",
    b"?a=1",
    b"?limit=0",
    b"?a=%ff&a=%00",
    b"?" + b"x" * 3000,
    b"?=&&=",
    b"?visibility=org",
    b"??",
    b"?a[]=1",
    b"?persona=acme-owner",
]
_TYPES = [
    b"application/json",
    b"application/json",
    b"multipart/form-data; boundary=",
    b"application/octet-stream",
    b"application/gzip",
    b"text/plain",
    b"",
    b"*/*",
    b"application/json; charset=utf-16",
]
_HEADERS = [
    b"prefer: code=409",
    b"prefer: code=423, error=x",
    b"prefer: code=999",
    b"prefer: \xff",
    b"accept: text/html",
    b"accept: ;;q=x",
    b"origin: http://localhost:1",
    b"origin: http://evil.example",
    b"origin: null",
    b"cookie: wos_session=x",
    b"cookie: ;;=,",
    b"range: bytes=0-1",
    b"if-none-match: *",
    b"accept-encoding: gzip, br;q=0",
    b"expect: 100-continue",
    b"expect: x",
    b"x-forwarded-host: evil.example",
    b"forwarded: host=evil.example",
    b"connection: close",
    b"connection: te, x",
    b"te: trailers",
    b"upgrade: h2c",
    b"x-http-method-override: DELETE",
    b"access-control-request-method: GET",
    b"content-encoding: gzip",
    b"x: " + b"y" * 5000,
    b"x: \xff\x80",
    b"authorization: Basic eDp5",
    b"authorization: Bearer",
    b"authorization: Bearer \xff",
    b"authorization: bearer sk_mock_nobody",
    b"x-mock-world: \xff",
]
_HOSTS = [b"localhost"] * 8 + [b"127.0.0.1:1", b"[::1]", b"evil.example", b"", b"a" * 3000]


def draw_message(random: Random, tokens: Sequence[str]) -> bytes:
    """Return one request."""
    body = None
    lines = [b"host: " + random.choice(_HOSTS)]
    if random.random() < 0.8:
        lines.append(
            b"authorization: Bearer " + random.choice(tokens[:6] if random.random() < 0.5 else tokens).encode()
        )
    lines += random.choices(_HEADERS, k=random.choice([0, 0, 0, 1, 2, 4]))
    method, path = _call(random)
    if not path.startswith(b"/_worlds") and not path.startswith(b"/_mock"):
        lines.append(b"x-mock-world: " + _draw_world(random))
    if method not in {b"GET", b"HEAD", b"OPTIONS"} or random.random() < 0.1:
        kind = _draw_kind(random, path)
        boundary = random.choice([b"x", b"-" * 70, b"a'b"])
        body = _draw_body(random, kind, boundary)
        lines.append(b"content-type: " + kind + (boundary if kind.endswith(b"=") else b""))
    random.shuffle(lines)
    return write_request(
        random, method, path + (random.choice(_QUERIES) if random.random() < 0.25 else b""), lines, body
    )


def _draw_world(random: Random) -> bytes:
    return f"{PREFIX}{random.randrange(WORLDS)}".encode()


def _call(random: Random) -> tuple[bytes, bytes]:
    kind = random.randrange(10)
    if kind < 6:
        method, path = random.choice(_CALLS)
    elif kind < 8:
        method, path = random.choice(_CONTROL)
        path = b"/_mock/worlds/" + _draw_world(random) + path
    else:
        method, path = b"GET", b"/" + b"/".join(random.choices(_PIECES, k=random.randrange(7)))
    if kind == 5:
        path = b"/_worlds/" + _draw_world(random) + path
    return random.choice(_METHODS) if random.random() < 0.1 else method, path


def _draw_kind(random: Random, path: bytes) -> bytes:
    if random.random() < 0.2:
        return random.choice(_TYPES)
    if path.endswith(b"/upload"):
        return b"multipart/form-data; boundary="
    return b"application/gzip" if b"/images/" in path else b"application/json"


def _draw_body(random: Random, kind: bytes, boundary: bytes) -> bytes:
    if kind.startswith(b"multipart"):
        return draw_multipart(random, boundary)
    if kind in {b"application/gzip", b"application/octet-stream"}:
        return archive(random)
    return draw_json_text(random)


def write_request(random: Random, method: bytes, target: bytes, lines: Sequence[bytes], body: bytes | None) -> bytes:
    """Return the request as bytes, its body in one piece or in chunks."""
    head = b"\r\n".join([b"%b %b HTTP/1.1" % (method, target), *lines])
    if body is None:
        return head + b"\r\n\r\n"
    if random.random() < 0.7:
        return b"%b\r\ncontent-length: %d\r\n\r\n%b" % (head, len(body), body)
    chunks = []
    while body:
        size = random.randrange(1, 1 + max(1, min(len(body), random.choice([7, 4000, 100_000]))))
        chunks.append(b"%x\r\n%b\r\n" % (size, body[:size]) if size <= len(body) else b"")
        body = body[size:]
        if len(chunks) > 500:
            chunks.append(b"%x\r\n%b\r\n" % (len(body), body) if body else b"")
            break
    trailer = random.choice([b"", b"", b"x: y\r\n", b"authorization: Bearer sk_mock_nobody\r\n"])
    return b"%b\r\ntransfer-encoding: chunked\r\n\r\n%b0\r\n%b\r\n" % (head, b"".join(chunks), trailer)
