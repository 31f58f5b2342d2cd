"""The proxy as its user has it: a process before a server."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests import forked, plain


@dataclass(slots=True)
class Proxied:
    """A proxy that runs."""

    url: str
    _said: IO[str] = field(repr=False)

    def report(self) -> Mapping[str, Any]:
        """The report so far."""
        found: Mapping[str, Any] = (
            plain.get(f"{self.url}/_conformance/report.json", timeout=60).raise_for_status().json()
        )
        return found

    def end(self) -> int:
        """End it; the exit code that it tells."""
        return int(plain.post(f"{self.url}/_conformance/end", timeout=60).raise_for_status().json()["exit_code"])

    def said(self) -> str:
        """All that it printed, once it has ended."""
        return self._said.read()

    def name_test(self, name: str) -> None:
        plain.post(f"{self.url}/_conformance/test", content=name.encode()).raise_for_status()


@contextmanager
def proxied(origin: str, *options: str | Path) -> Iterator[Proxied]:
    """A proxy before a server, on a free port."""
    with forked.running(forked.SUITE, "proxy", "--to", origin, "--port", "0", *map(str, options)) as said:
        begun = ""
        for line in said:
            begun += line
            if found := re.search(r"http://\S+:\d+(?= passes on)", line):
                yield Proxied(found[0], said)
                return
        raise RuntimeError(f"the proxy ended before it served: {begun}")


@contextmanager
def started(origin: str, *options: str | Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A proxy that is a process of its own from its start; its URL, and the process."""
    script = Path(sys.executable).with_name(forked.SUITE)
    command = [script, "proxy", "--to", origin, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield process.stderr.readline().split()[1], process
        finally:
            process.terminate()
            process.communicate(timeout=60)


def token_of(origin: str, persona: str = "acme-owner") -> str:
    """The token of a persona of a mock."""
    personas = plain.get(f"{origin}/_mock/personas").raise_for_status().json()["personas"]
    return next(str(each["token"]) for each in personas if each["name"] == persona)


def signed(token: str) -> dict[str, str]:
    """The header of whoever has this token."""
    return {"Authorization": f"Bearer {token}"}


def rules(report: Mapping[str, Any]) -> list[tuple[str, str | None, str]]:
    """The rules that a report finds broken, each with its operation and its fingerprint."""
    return [(each["rule"], each["operation_id"], each["fingerprint"]) for each in report["findings"]]
