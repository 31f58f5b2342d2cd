"""Bodies that a parser may stumble over: JSON, multipart, archives."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from random import Random

NAMES = [
    "visibility",
    "image_ref",
    "name",
    "archive",
    "action",
    "state",
    "params",
    "posture",
    "mode",
    "now",
    "id",
    "é",
    "",
]
_TEXTS = [
    "",
    "org",
    "community",
    "pack_01HZ",
    "\x00",
    "\ud7ff\ue000",
    "\U0001f600",
    "a" * 5000,
    "../..",
    "\u202e",
    "null",
    "-0",
    "é",
]
_NUMBERS = [
    "0",
    "-0",
    "1e999",
    "-1e-999",
    "1.0",
    "9" * 400,
    "0.1" + "0" * 400,
    "1E+2",
    "-9223372036854775809",
    "18446744073709551616",
]
_BROKEN = [
    b"",
    b" ",
    b"{",
    b"}",
    b"[]]",
    b'{"a":}',
    b'{"a":1,}',
    b"{'a':1}",
    b"nul",
    b"NaN",
    b"Infinity",
    b"01",
    b"+1",
    b"1.",
    b".5",
    b'"\x00"',
    b'"\xff"',
    b'"\xc0\xaf"',
    b'"\xed\xa0\x80"',
    b'"\\ud800"',
    b'"\\u12"',
    b'"\\x"',
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b'{"a":1}{"a":1}',
    b"/* */ {}",
    b"[" * 20_000,
    b'{"a":' * 20_000,
    b"[" * 900 + b"]" * 900,
    b'["' + b"\\" * 999 + b'"]',
]
_RIGHT = [
    b'{"visibility": "community"}',
    b'{"visibility": "org"}',
    b'{"image_ref": "registry.example.com/team/slack:1.2.0"}',
    b'{"image_ref": "registry.example.com/team/slack:1.3.0", "visibility": "org"}',
    b'{"posture": "past_due"}',
    b'{"posture": "active"}',
    b'{"mode": "real"}',
    b'{"mode": "frozen", "now": "2026-05-01T00:00:00Z"}',
    b'{"advance_seconds": 1}',
    b'{"name": "a"}',
    b'{"to": 1}',
    b'{"action": "setup", "state": "pack exists", "params": {"org": "org_acme"}}',
]
_MEMBERS = [
    "pack.yaml",
    "./pack.yaml",
    "../pack.yaml",
    "/pack.yaml",
    "a/../pack.yaml",
    "a//b",
    "a\\b",
    "PACK.YAML",
    "",
    ".",
    "é",
    "a" * 300,
    "a/" * 60 + "b",
    "pack.yaml/x",
    "con",
    "a\x07b",
    "\uff0e\uff0e/x",
]
_YAMLS = [
    b"name: fuzz\nversion: 1.0.0\n",
    b"",
    b"- a",
    b"a: &a [*a]",
    b"\xff",
    b"a: !!python/object/apply:os.system [x]",
    b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]",
    b"{" * 3000,
    b"name: \x00",
    b"<<: 1",
]


def draw_json_text(random: Random) -> bytes:
    """Return JSON, nearly always; now and then what only looks like it."""
    kind = random.random()
    if kind < 0.3:
        return random.choice(_RIGHT)
    if kind < 0.5:
        return random.choice(_BROKEN)
    text = _draw_value(random, random.randrange(5))
    encoded = text.encode("utf-8", "surrogatepass")
    return mutate(random, encoded) if random.random() < 0.15 else encoded


def _draw_value(random: Random, depth: int) -> str:
    kind = random.randrange(8 if depth else 5)
    if kind == 0:
        return random.choice(["true", "false", "null"])
    if kind <= 2:
        return random.choice(_NUMBERS)
    if kind <= 4:
        return json.dumps(random.choice(_TEXTS), ensure_ascii=random.random() < 0.5)
    inner = [_draw_value(random, depth - 1) for _ in range(random.randrange(4))]
    if kind == 5:
        return f"[{','.join(inner)}]"
    return "{" + ",".join(f"{json.dumps(random.choice(NAMES))}:{each}" for each in inner) + "}"


def archive(random: Random) -> bytes:
    """Return a .tar.gz, or what is left of one."""
    if random.random() < 0.3:
        return pack_plain()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=random.choice([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])) as tar:
        for _ in range(random.randrange(1, 5)):
            _add(random, tar)
    content = stream.getvalue()
    if random.random() < 0.3:
        content = mutate(random, content)
    return _draw_packed(random, content)


def _draw_packed(random: Random, content: bytes) -> bytes:
    packed = gzip.compress(content, 1)
    match random.randrange(8):
        case 0:
            packed = packed[: random.randrange(len(packed))]
        case 1:
            packed = mutate(random, packed)
        case 2:
            packed += gzip.compress(bytes(random.randrange(2_000_000)), 1)  # small to send, large to unpack
        case 3:
            packed = gzip.compress(packed)
        case 4:
            packed = content
    return packed


def pack_plain(name: str = "fuzz", files: Mapping[str, bytes] | None = None) -> bytes:
    """Return a .tar.gz of a pack, with nothing wrong; `files`: those beside its pack.yaml."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for path, content in {"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode(), **(files or {})}.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(stream.getvalue(), 1)


def build_form(parts: Mapping[str, bytes], boundary: bytes = b"x") -> bytes:
    """Return a multipart body, with nothing wrong."""
    named = [
        _build_part(boundary, b'Content-Disposition: form-data; name="%b"' % name.encode(), parts[name])
        for name in parts
    ]
    return b"".join(named) + b"--%b--\r\n" % boundary


def _add(random: Random, tar: tarfile.TarFile) -> None:
    member = tarfile.TarInfo(random.choice(_MEMBERS) if random.random() < 0.6 else "pack.yaml")
    content = random.choice(_YAMLS)
    member.size = len(content)
    member.mode = random.choice([0o644, 0o4755, 0o0, 0o777])
    if random.random() < 0.2:
        member.type = random.choice(
            [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, b"S"]
        )
        member.linkname = random.choice(["..", "/etc", "pack.yaml", "é" * 200])
    try:
        tar.addfile(member, io.BytesIO(content))
    except (ValueError, UnicodeError):
        return  # the format cannot tell it


def draw_multipart(random: Random, boundary: bytes) -> bytes:
    """Return the body of a form, which may be cut, doubled or of another boundary."""
    if random.random() < 0.2:
        return build_form({"archive": pack_plain(), "visibility": b"org"}, boundary)
    parts = []
    for _ in range(random.choice([0, 1, 2, 2, 2, 3, 1100 if random.random() < 0.05 else 2])):
        name = random.choice([b"archive", b"visibility", b"other", b"", b'a"b', b"\xff"])
        extra = random.choice(
            [b"", b'; filename="a.tgz"', b"; filename*=UTF-8''%ff", b'; filename="' + b"a" * 3000 + b'"']
        )
        lines = [b'Content-Disposition: form-data; name="%b"%b' % (name, extra)]
        lines += random.choices(
            [
                b"Content-Type: application/gzip",
                b"Content-Transfer-Encoding: base64",
                b"X: " + b"y" * 4000,
                b"no colon",
                b": ",
            ],
            k=random.randrange(2),
        )
        content = (
            archive(random)
            if name == b"archive"
            else random.choice([b"org", b"community", b"\xff\xfe", b"", b"\r\n--", b"x" * 3000])
        )
        parts.append(_build_part(boundary, b"\r\n".join(lines), content))
    body = b"".join(parts) + random.choice(
        [b"--%b--\r\n" % boundary] * 5 + [b"", b"--%b" % boundary, b"--%b--garbage" % boundary]
    )
    return mutate(random, body) if random.random() < 0.15 else body


def _build_part(boundary: bytes, head: bytes, content: bytes) -> bytes:
    return b"--%b\r\n%b\r\n\r\n%b\r\n" % (boundary, head, content)


def mutate(random: Random, content: bytes) -> bytes:
    """Return the content with a few bytes changed, left out, doubled or put in."""
    changed = bytearray(content)
    for _ in range(random.randrange(1, 4)):
        if not changed:
            break
        at = random.randrange(len(changed))
        match random.randrange(4):
            case 0:
                changed[at] = random.randrange(256)
            case 1:
                del changed[at : at + random.randrange(1, 20)]
            case 2:
                changed[at:at] = changed[at : at + random.randrange(1, 40)]
            case 3:
                changed[at:at] = random.choice([b"\x00", b"\r\n", b"\xff", b"%00", b"{", b"\r\n\r\n", b":"])
    return bytes(changed)
