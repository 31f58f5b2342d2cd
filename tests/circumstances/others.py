"""Others at work on the same server: packs come, change, are shared and go, by its API and by nobody's leave."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from tests import plain
from tests.archives import zipped
from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Request

TOKENS = ("ALDER_OWNER_TOKEN", "BIRCH_OPERATOR_TOKEN")
"""The variables that hold the tokens of two orgs of the second server."""


class Others:
    """Somebody of each org who makes, changes, shares, takes back and deletes packs of their own, step by step."""

    def __init__(self, origin: str, tokens: Sequence[str]) -> None:
        self.done = 0
        self._client = plain.Client(base_url=f"{origin}/v1", timeout=30)
        self._steps = [self._life(token) for token in tokens]
        self._lock = threading.Lock()

    def step(self) -> None:
        """Do the next step of each of them."""
        with self._lock:
            for each in self._steps:
                next(each)
                self.done += 1

    def close(self) -> None:
        """Delete what is left."""
        with self._lock:
            for each in self._steps:
                each.close()
        self._client.close()

    def _life(self, token: str) -> Generator[None, None, None]:
        """Live of packs without end, two at a time, so that there always is one to see."""
        headers = {"Authorization": f"Bearer {token}"}
        there: list[str] = []
        try:
            for number in count():
                made = self._made(headers, f"theirs-{os.getpid()}-{number}")
                yield
                if made is None:
                    continue
                there.append(made)
                pack = f"/packs/{there[-1]}"
                self._client.patch(pack, headers=headers, json={"visibility": "community"})
                yield
                content = f"changed {number}".encode()
                kind = {**headers, "Content-Type": "application/octet-stream"}
                self._client.put(f"{pack}/files/data/a.txt", headers=kind, content=content)
                yield
                self._client.patch(pack, headers=headers, json={"visibility": "org"})
                yield
                if len(there) > 1:
                    self._client.delete(f"/packs/{there.pop(0)}", headers=headers)
                    yield
        finally:
            for pack_id in there:
                self._client.delete(f"/packs/{pack_id}", headers=headers)

    def _made(self, headers: dict[str, str], name: str) -> str | None:
        """Return the id of a new pack; None where billing forbids one just now."""
        files = {"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode(), "data/a.txt": b"a"}
        made = self._client.post("/packs/upload", headers=headers, files={"archive": ("p.tar.gz", zipped(files))})
        assert made.status_code in (201, 423), made.text
        return str(made.json()["id"]) if made.status_code == 201 else None


@contextmanager
def at_work(origin: str, *, busy: bool = True, tokens: Sequence[str] = ()) -> Iterator[Others]:
    """The others; busy: they work all the time, with the pauses that people make; tokens: else the second server's."""
    others, ended = Others(origin, tokens or [os.environ[name] for name in TOKENS]), threading.Event()

    def work() -> None:
        while not ended.wait(0.01):
            others.step()

    thread = threading.Thread(target=work)
    if busy:
        thread.start()
    try:
        yield others
    finally:
        ended.set()
        if busy:
            thread.join()
        others.close()


def between(others: Others) -> Behaviour:
    """Return what has them do a step between each list, or read of one pack, and whatever is asked next."""

    def sees(request: Request, answer: Answer) -> None:
        if request.method == "GET" and answer.status == 200 and request.path.startswith("/v1/packs"):
            others.step()

    return Behaviour(sees=sees)
