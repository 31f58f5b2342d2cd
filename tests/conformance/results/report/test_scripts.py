"""The script of a finding: one in all reports, with the same result each time it is run, and nothing left of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from conformance.http.variables import token_variable
from tests import plain
from tests.conformance.targets import judge
from tests.conformance.worldless import personas, profile, stored
from tests.examples import second
from tests.live import served_mock

KINDS = ("json", "html", "junit")
LED = "the same"
"""How the last line begins where the answer is that of the report."""


class Pre(HTMLParser):
    """The preformatted texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._inside = tag == "pre"
        if self._inside:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data


def findings(folder: Path, target: str | Path, *options: str) -> list[Mapping[str, Any]]:
    """What the suite found; every script stands in the three reports alike."""
    reports = [option for kind in KINDS for option in ("--report", f"{kind}={folder / kind}")]
    judged = judge("--target", target, "--seed", "7", "--strict", *options, *reports)
    found: list[Mapping[str, Any]] = json.loads((folder / "json").read_text())["findings"]
    assert judged.code == 1, judged.said
    shown = Pre((folder / "html").read_text()).texts
    told = [it.text or "" for it in ET.parse(folder / "junit").iter("failure")]  # noqa: S314  # our own output
    for finding in found:
        assert finding["curl"] in shown
        assert any(finding["curl"] in text for text in told), finding["rule"]
    return found


def run(script: str, shell: str, tokens: Mapping[str, str]) -> tuple[int, list[str], str]:
    """Exit code, last lines and complaints."""
    environment = {"PATH": os.environ["PATH"], **tokens}
    ran = subprocess.run([shell, "-c", script], env=environment, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.splitlines()[-4:], ran.stderr


def runs_alike(found: list[Mapping[str, Any]], tokens: Mapping[str, str]) -> None:
    """Three times, in two shells."""
    assert found
    for finding in found:
        first, *others = [run(finding["curl"], shell, tokens) for shell in ("sh", "bash", "bash")]
        code, lines, complained = first
        assert others == [first, first]
        assert (code, complained) == (0, ""), finding["curl"]
        assert lines[0] == f"expected: {finding['expected']}"
        assert lines[1].startswith(f"got: {finding['exchange']['status']}")
        assert finding["got"] in lines[2]
        assert lines[3].startswith(LED)


QUICK = ("--only", "generated", "--budget", "quick")


@pytest.mark.parametrize(
    ("deviation", "options"),
    [
        ("visibility-in-use-ignored", ("--rule", "PACK-PATCH-IN-USE")),
        ("upload-links-skipped", ("--rule", "UPLOAD-ENTRY-REFUSED", "--only", "directed")),
        ("upload-wrapper-refused", ("--rule", "UPLOAD-WRAPPING-FOLDER", "--only", "directed")),
        ("deletion-in-use-ignored", ("--rule", "DELETE-IN-USE")),
        ("files-digest-stays", ("--rule", "FILE-DIGEST-VERSION")),
        ("authentication-revoked-accepted", ("--rule", "AUTH-REVOKED", "--operation", "packs.upload")),
        ("billing-never-refuses", ("--rule", "BILLING-CREATE-REFUSED", "--operation", "packs.create")),
        ("contract-server-error", (*QUICK, "--operation", "packs.create")),
        ("contract-server-error", (*QUICK, "--operation", "packs.update_visibility")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[-1],
)
def test_it_runs_again_and_again_on_a_server_that_stays(
    tmp_path: Path, deviation: str, options: tuple[str, ...]
) -> None:
    with served_mock("--deviation", deviation) as origin:
        before = stored(origin)
        found = findings(tmp_path, profile(tmp_path / "target.toml", origin, states=True), *options)
        tokens = {str(token_variable(name)): str(who["token"]) for name, who in personas(origin).items()}
        runs_alike(found, tokens)
        assert stored(origin) == before


def test_it_makes_a_world_of_its_own_where_there_are_worlds(tmp_path: Path) -> None:
    deviation, options = "ownership-private-readable", ("--rule", "OWNERSHIP-PRIVATE-HIDDEN")
    with served_mock("--deviation", deviation) as origin:
        tokens = {str(token_variable(name)): str(who["token"]) for name, who in personas(origin).items()}
        before = stored(origin)
        runs_alike(findings(tmp_path, f"{origin}/v1", *options), tokens)
        assert stored(origin) == before
        worlds = [world["name"] for world in plain.get(f"{origin}/_mock/worlds").json()["worlds"]]
    assert [name for name in worlds if name.startswith("again-")]


def test_it_runs_again_and_again_on_a_server_of_another_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = second.sessions()
    for name, token in tokens.items():
        monkeypatch.setenv(name, token)
    owner = {"Authorization": f"Bearer {tokens['ALDER_OWNER_TOKEN']}"}
    with second.serving("--defect", "archived-roles-do-not-count") as origin:
        before = plain.get(f"{origin}/v1/packs", headers=owner).json()["packs"]
        options = ("--rule", "DELETE-IN-USE", "--only", "directed")
        runs_alike(findings(tmp_path, second.profile(tmp_path, origin), *options), tokens)
        assert plain.get(f"{origin}/v1/packs", headers=owner).json()["packs"] == before


def test_it_says_when_the_finding_shows_no_longer(tmp_path: Path) -> None:
    """On a server that is mended: exit code 1, and what is made there by mistake is removed too."""
    options = ("--rule", "UPLOAD-ENTRY-REFUSED", "--only", "directed")
    with served_mock("--deviation", "upload-links-skipped") as origin:
        found = findings(tmp_path, profile(tmp_path / "target.toml", origin, states=True), *options)[0]
    with served_mock() as mended:
        before = stored(mended)
        tokens = {str(token_variable(name)): str(who["token"]) for name, who in personas(mended).items()}
        code, lines, _ = run(found["curl"].replace(origin, mended), "bash", tokens)
        assert (code, lines[-1]) == (1, "another answer than in the report")
        assert lines[1] == f"got: {found['expected']}"
        assert stored(mended) == before
