"""A target that behaves, and then answers an operation with something huge or endless, costs bounded memory and time.

It is named too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from benchmarks.peak import read_peak, wrap_command
from tests.conformance.worldless import profile
from tests.live import served_mock
from tests.proxy.delivery import PLAIN, Delivery
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying

MIB = 1024 * 1024
LONG = 4_000_000
MOST_MIB = 512
"""The most of a whole run."""
JSON = "application/json"
ENDLESS = 40 * MIB
"""More than is read of any answer, so that its end is never met."""
BEHAVES = 40
"""So many requests are answered as they should be."""


WIDE = {"text": "x" * LONG + "\N{GRINNING FACE}"}
"""A body whose one text takes four bytes of memory for each of its own."""


@cache
def bomb() -> bytes:
    """Return a gigabyte of spaces in one megabyte; piece by piece, since a child's peak counts what its parent had."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(b" " * MIB) for _ in range(1024)) + packer.flush()


def of_keys() -> bytes:
    return b"{" + b",".join(b'"%x":0' % number for number in range(LONG // 11)) + b"}"


def of_lists(size: int) -> bytes:
    """Return a list of lists of lists, which take the most memory for their length."""
    nested = b"[" * 400 + b"]" * 400
    return b"[" + b",".join([nested] * (size // (len(nested) + 1) - 1)) + b"]"


ANSWERS: Mapping[str, Callable[[], Answer]] = {
    "arrays in arrays": lambda: Answer(200, {"Content-Type": JSON}, b"[" * LONG),
    "arrays in arrays that end": lambda: Answer(200, {"Content-Type": JSON}, b"[" * (LONG // 2) + b"]" * (LONG // 2)),
    "objects in objects": lambda: Answer(200, {"Content-Type": JSON}, b'{"a":' * (LONG // 5)),
    "an array of arrays": lambda: Answer(200, {"Content-Type": JSON}, b"[" + b"[]," * (LONG // 3) + b"[]]"),
    "an object of keys": lambda: Answer(200, {"Content-Type": JSON}, of_keys()),
    "as many lists of lists as are read": lambda: Answer(200, {"Content-Type": JSON}, of_lists(3_800_000)),
    "lists of lists of the largest size": lambda: Answer(200, {"Content-Type": JSON}, of_lists(8 * MIB)),
    "a text with one wide character": lambda: Answer(200, {"Content-Type": JSON}, json.dumps(WIDE).encode()),
    "an error of arrays": lambda: Answer(400, {"Content-Type": JSON}, b"[" * LONG),
    "YAML": lambda: Answer(200, {"Content-Type": "application/yaml"}, b"[" * LONG),
    "a form": lambda: Answer(200, {"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\n" + b"[" * LONG),
    "an event": lambda: Answer(200, {"Content-Type": "text/event-stream"}, b"data: " + b"[" * LONG + b"\n\n"),
    "a bomb in gzip": lambda: Answer(200, {"Content-Type": JSON, "Content-Encoding": "gzip"}, bomb()),
    "a bomb in gzip of no type": lambda: Answer(200, {"Content-Encoding": "gzip"}, bomb()),
    "a body without end": lambda: Answer(200, {"Content-Type": JSON}, b"[" * ENDLESS),
    "bytes without end": lambda: Answer(200, {"Content-Type": "application/octet-stream"}, bytes(ENDLESS)),
    "a drip": lambda: Answer(200, {"Content-Type": JSON}, b" " * LONG),
}
DELIVERED: Mapping[str, Delivery] = {
    "a body without end": Delivery(chunked=True),
    "bytes without end": Delivery(old=True),
    "a drip": Delivery(piece=100, pause_s=0.1),
}
"""How they leave, where that matters: in pieces, or with no length."""


@pytest.mark.long
@pytest.mark.parametrize("kind", ANSWERS)
def test_a_run_takes_no_more_than_half_a_gigabyte(tmp_path: Path, kind: str) -> None:
    """Directed and generated requests of packs are judged, and every report is written."""
    huge, asked = ANSWERS[kind](), 0

    def replaces(passed: Request, answer: Answer) -> Answer:
        nonlocal asked
        asked += "/packs" in passed.target
        return huge if asked > BEHAVES and passed.method == "GET" and "/packs/" in passed.target else answer

    def delivers(_: Request, answer: Answer, usual: Delivery) -> Delivery:
        return DELIVERED.get(kind, PLAIN) if answer is huge else usual

    kinds = ("json", "html", "junit", "markdown", "sarif", "codequality")
    reports = [option for kind in kinds for option in ("--report", f"{kind}={tmp_path / kind}")]
    narrow = ["--operation=packs.get", "--budget", "quick", "--seed", "1", "--time-limit", "40", "--timeout", "5"]
    with served_mock() as origin, proxying(origin) as target:
        target.replaces, target.delivers = replaces, delivers
        written = profile(tmp_path / "target.toml", origin, states=True, base_url=target.origin)
        script = Path(sys.executable).with_name("evershell-conformance")
        command = wrap_command([script, "run", "--target", written, *narrow, *reports], tmp_path / "peak")
        process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    said, peak = process.stdout, read_peak(tmp_path / "peak")
    assert asked > BEHAVES
    document = json.loads((tmp_path / "json").read_bytes())
    assert "Traceback" not in said
    assert document["errors"] == []
    assert process.returncode in (1, 3), said
    ended = f"{document['unusable']} {document['cut_short']}"
    assert "packs.get" in ended or any(each["operation_id"] == "packs.get" for each in document["findings"]), said
    assert peak <= MOST_MIB
