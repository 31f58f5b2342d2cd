"""Uploads: how fast an archive of text is taken in, and who waits meanwhile, and beside archives that take long."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from benchmarks import servers
from benchmarks.asking import Asker, build_sign_in, open_asker, read_token
from benchmarks.figures import Figure
from benchmarks.load import Call, Measured, load
from benchmarks.measures.worlds import PERSONA
from benchmarks.promises import BESIDE_HEAVY, BESIDE_UPLOADS, UPLOAD

MIB = 1024 * 1024
FILES = 60
_WORDS_A_FILE = 7_400
_VOCABULARY = 4_000
_LINE = 12
_BOUNDARY = "evershell-benchmark"


def make_corpus() -> dict[str, bytes]:
    """Return the files of a pack: text in words, some frequent and many rare, always the same.

    They are some 3 MiB, 1 MiB packed.
    """
    dice = random.Random(7)  # noqa: S311 - nothing secret
    letters, common = "etaoinshrdlucmfwypvbgkjqxz", range(26, 0, -1)
    words = ["".join(dice.choices(letters, common, k=dice.randint(2, 10))) for _ in range(_VOCABULARY)]
    weights = [1 / rank for rank in range(1, _VOCABULARY + 1)]
    files = {"pack.yaml": b"name: corpus\nversion: 1.0.0\n"}
    for number in range(FILES):
        drawn = dice.choices(words, weights, k=_WORDS_A_FILE)
        lines = (" ".join(drawn[start : start + _LINE]) for start in range(0, len(drawn), _LINE))
        files[f"guides/part-{number:02}.md"] = "\n".join(lines).encode()
    return files


def archive(files: dict[str, bytes]) -> bytes:
    """Return the files as a .tar.gz."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream, tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def build_form(packed: bytes) -> bytes:
    """Return the archive as the body of a form."""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="archive"; filename="corpus.tar.gz"\r\n'
    head += "Content-Type: application/gzip\r\n\r\n"
    return head.encode() + packed + f"\r\n--{_BOUNDARY}--\r\n".encode()


_HEAD = "name: heavy\nversion: 1.0.0\n"
HEAVY = {
    "merge keys": {"pack.yaml": f"{_HEAD}a: &a {{}}\nb: {{{'<<: *a, ' * 8000}}}\n".encode()},
    "short items": {"pack.yaml": f"{_HEAD}capabilities: [{'a,' * 60_000}]\n".encode()},
    "keys": {"pack.yaml": _HEAD.encode() + b"a: 1\n" * 48_000},
    "files": {"pack.yaml": _HEAD.encode()} | {f"data/{number}": b"%d" % number for number in range(9_990)},
}
"""The files of archives that are small for the time that they take: their pack.yaml has up to 256 KiB."""


def measure(rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield MiB a second of unpacked content, one upload after the other; and the p99 of a GET during uploads."""
    files = make_corpus()
    unpacked, body = sum(map(len, files.values())) / MIB, build_form(archive(files))
    rates, waits = [], []
    with servers.run_mock() as url, open_asker(url) as mock, ThreadPoolExecutor(1) as beside:
        token = read_token(url, PERSONA)
        uploads = _Uploads(mock, token, body)
        one = Call("GET", f"{url}/v1/packs/pack_01HZ", build_sign_in(token))
        uploads.upload_for_seconds(0.1)
        for _ in range(rounds):
            taken = uploads.upload_for_seconds(seconds)
            rates.append(unpacked * len(taken) / sum(taken))
            waits.append(_measure_p99_beside(uploads, beside.submit(load, one, seconds, connections=1)))
        heavy = [_Uploads(mock, token, build_form(archive(each)), name) for name, each in HEAVY.items()]
        worst = [
            max(_measure_p99_beside(each, beside.submit(load, one, seconds, connections=1)) for each in heavy)
            for _ in range(rounds)
        ]
    yield Figure(UPLOAD, "MiB/s", tuple(rates))
    yield Figure(BESIDE_UPLOADS, "ms", tuple(waits))
    yield Figure(BESIDE_HEAVY, "ms", tuple(worst))


def _measure_p99_beside(uploads: _Uploads, loading: Future[Measured]) -> float:
    """Return the p99 of a load in ms, while one upload follows the other."""
    while not loading.done():
        uploads.upload_one()
    return loading.result().p99_ms


class _Uploads:
    """The uploads of one archive, each time into a fresh world: no pack of its name is there yet."""

    def __init__(self, mock: Asker, token: str, body: bytes, name: str = "upload") -> None:
        self._mock = mock
        self._name = name.replace(" ", "-")
        self._body = body
        self._headers = build_sign_in(token) | {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        self._number = 0

    def upload_one(self) -> float:
        self._number += 1
        headers = self._headers | {"X-Mock-World": f"{self._name}-{self._number}"}
        return self._mock.measure_seconds("POST", "/v1/packs/upload", self._body, headers)

    def upload_for_seconds(self, seconds: float) -> list[float]:
        """Return how long each took."""
        until = time.perf_counter() + seconds
        taken = [self.upload_one()]
        while time.perf_counter() < until:
            taken.append(self.upload_one())
        return taken
