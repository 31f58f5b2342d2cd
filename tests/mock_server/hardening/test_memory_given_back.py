"""What large uploads took is given back once they are over, and nothing happens where the C library is another."""

import ctypes
import platform
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mock_server.server import serving
from tests.mock_server.hardening.archives import entry, packed
from tests.mock_server.hardening.watched import watched

UPLOADS, AT_ONCE, FILES, FILE = 24, 8, 24, 256 * 1024
LONGEST_S = 60.0


def archive() -> bytes:
    """Some 6 MiB of text, 3 MiB packed."""
    dice = random.Random(11)  # noqa: S311 - nothing secret
    return packed(*(entry(f"guides/{number}.md", dice.randbytes(FILE // 2).hex().encode()) for number in range(FILES)))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what can be given back")
def test_a_mock_at_rest_is_as_large_as_before_the_uploads() -> None:
    content = archive()
    with watched() as running:

        def upload(number: int) -> None:
            mock = replace(running.mock, world=f"upload-{number}")
            files = {"archive": ("pack.tar.gz", content, "application/gzip")}
            assert mock.send("POST", "/v1/packs/upload", "acme-owner", files=files, timeout=60).status_code == 201
            assert mock.control("DELETE", "").status_code == 200

        assert running.mock.send("GET", "/v1/packs", "acme-owner").status_code == 200
        before = running.resident()
        with running.peak() as peak, ThreadPoolExecutor(AT_ONCE) as clients:
            list(clients.map(upload, range(UPLOADS)))
        assert peak.bytes > before / 10
        until = time.monotonic() + LONGEST_S
        while running.resident() > before * 1.1:
            assert time.monotonic() < until, f"{before:,} bytes before, {running.resident():,} afterwards"
            time.sleep(0.1)


class Nothing:
    """A C library that has none of it."""


@pytest.mark.parametrize("error", [TypeError, OSError, None], ids=["Windows", "no library", "musl"])
def test_where_the_c_library_is_another_nothing_happens(
    error: type[Exception] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def library(_name: None) -> Nothing:
        if error is not None:
            raise error
        return Nothing()

    monkeypatch.setattr(ctypes, "CDLL", library)
    serving.share_one()
    serving.give_back()
