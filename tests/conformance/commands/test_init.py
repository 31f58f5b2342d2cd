"""`init` writes a profile that a run takes as it is, without a token in it."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import conformance.resources  # noqa: F401  # registers what `[known]` may name
from conformance.oracle.declaration.ownership import FOREIGN_PRIVATE
from conformance.oracle.declaration.registry import list_known_keys, list_resources
from conformance.profile import read_profile
from tests.conformance.targets import Judged, answering, error, judge, response
from tests.conformance.worldless import personas
from tests.examples.second import serving, sessions
from tests.live import served_mock
from tests.openapi import OPERATIONS
from tests.proxy.proxy import proxying

CALLERS = ("acme-owner", "acme-member", "acme-full-access", "globex-owner")
LISTED = [each for each in list_resources() if each.listed_by in OPERATIONS and each.find_known_key(FOREIGN_PRIVATE)]
"""The resources of which a profile names an object of another org."""
DIRECTED = ("--seed", "7", "--only", "directed", "--clause", "creation", "--clause", "images")


def init(url: str, folder: Path, *options: str) -> Judged:
    return judge("--target", url, "--output", folder / "target.toml", *options, command="init")


def variable(name: str) -> str:
    return f"{name.upper().replace('-', '_')}_TOKEN"


def judged(folder: Path) -> tuple[Judged, dict[str, Any]]:
    report = folder / "report.json"
    arguments = ("--target", folder / "target.toml", *DIRECTED, "--report", f"json={report}")
    return judge(*arguments), json.loads(report.read_text())


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Of the mock's callers, in the environment too."""
    with served_mock() as origin:
        known = {name: str(persona["token"]) for name, persona in personas(origin).items()}
    for name, token in known.items():
        monkeypatch.setenv(variable(name), token)
    return known


def test_a_run_takes_what_was_written(tmp_path: Path, tokens: dict[str, str]) -> None:
    """Callers of two orgs with role or permission set, and what they see; judged without a finding."""
    options = [f"--caller={name}=env:{variable(name)}" for name in CALLERS]
    with served_mock() as origin:
        ended = init(f"{origin}/v1", tmp_path, "--owned", *options)
        assert (ended.code, ended.complained) == (0, "")
        profile = read_profile(tmp_path / "target.toml", list_known_keys())
        run, results = judged(tmp_path)
    assert [(c.name, c.org, c.role, c.permission_set) for c in profile.callers] == [
        ("acme-owner", "org_acme", "owner", None),
        ("acme-member", "org_acme", "member", None),
        ("acme-full-access", "org_acme", None, "full_access"),
        ("globex-owner", "org_globex", "owner", None),
    ]
    assert [c.token for c in profile.callers] == [tokens[name] for name in CALLERS]
    known = profile.known
    of_packs = {"platform_pack", "foreign_community_pack", "image_ref"}
    assert known.named.keys() == of_packs | {each.find_known_key(FOREIGN_PRIVATE) for each in LISTED}
    assert known.expendable == ()
    assert (profile.limits.requests_per_second, profile.limits.max_requests) == (50, 20000)
    assert run.code == 0, run.said
    assert (results["findings"], profile.is_owned, results["contract"]["owned"]) == ([], True, True)
    text = (tmp_path / "target.toml").read_text()
    assert not [name for name, token in tokens.items() if token in text]


def test_the_second_server_is_judged_with_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names follow from what the sessions say."""
    for name, token in sessions().items():
        monkeypatch.setenv(name, token)
    monkeypatch.setenv("KEY", "sk_fake_alder_read_only")
    options = ("--caller=env:ALDER_OWNER_TOKEN", "--caller=env:BIRCH_OPERATOR_TOKEN", "--caller=env:KEY")
    with serving() as origin:
        assert init(f"{origin}/v1", tmp_path, *options).code == 0
        run, results = judged(tmp_path)
    assert run.code == 0, run.said
    assert results["findings"] == []
    callers = tomllib.loads((tmp_path / "target.toml").read_text())["callers"]
    assert list(callers) == ["alder-owner", "birch-operator", "alder-read-only"]
    assert callers["alder-read-only"] == {"org": "org_alder", "permission_set": "read_only", "token": "env:KEY"}


def test_what_it_could_not_find_says_what_it_would_gain(tmp_path: Path, tokens: dict[str, str]) -> None:
    del tokens
    with served_mock() as origin:
        init(f"{origin}/v1", tmp_path, "--caller=env:ACME_OWNER_TOKEN")
    text = (tmp_path / "target.toml").read_text()
    for line in (
        "# [callers.NAME] of a second org: ",
        "# [callers.NAME] with a permission_set",
        "#   target.states_url, with the state 'org has billing posture': ",
        '# foreign_private_pack = "..."',
        '# next_image_ref = "..."',
    ):
        assert line in text
    assert "more cells" in text


def test_without_a_credential_there_is_a_frame_to_fill(tmp_path: Path) -> None:
    with served_mock() as origin:
        ended = init(f"{origin}/v1", tmp_path)
    assert ended.code == 0
    profile = read_profile(tmp_path / "target.toml", list_known_keys())
    assert (profile.url, profile.callers, profile.is_owned) == (f"{origin}/v1", (), False)
    assert "# [callers.NAME]: " in (tmp_path / "target.toml").read_text()


def test_only_the_session_the_lists_and_what_is_served_are_asked_for(tmp_path: Path, tokens: dict[str, str]) -> None:
    """Whether an operation is served is asked once, without a credential."""
    del tokens
    with served_mock() as origin, proxying(origin) as target:
        init(f"{target.origin}/v1", tmp_path, *(f"--caller=env:{variable(name)}" for name in CALLERS))
    signed_in = [it for it in target.passed if "authorization" in it.headers]
    others = [f"{it.method} {it.target}" for it in target.passed if it not in signed_in]
    assert len(others) == len({*others}) == len(OPERATIONS) + len({each.method for each in OPERATIONS.values()})
    asked = [f"{it.method} {it.target}" for it in signed_in]
    lists = {f"GET /v1{OPERATIONS[str(each.listed_by)].path}" for each in LISTED}
    assert asked[:4] == ["GET /v1/me/session"] * 4
    in_any_org = (re.sub(r"/orgs/org_\w+/", "/orgs/{id}/", each) for each in asked[4:])
    assert Counter(in_any_org) == dict.fromkeys(lists, 2)


def test_a_refused_credential_is_left_out_and_told(tmp_path: Path, tokens: dict[str, str], monkeypatch: Any) -> None:
    del tokens
    monkeypatch.setenv("OLD_TOKEN", "sk_fake_nobody_knows")
    with served_mock() as origin:
        ended = init(f"{origin}/v1", tmp_path, "--caller=env:ACME_OWNER_TOKEN", "--caller=old=env:OLD_TOKEN")
        alone = init(f"{origin}/v1", tmp_path, "--force", "--caller=old=env:OLD_TOKEN")
    assert ended.code == 0
    assert "left out: old: env:OLD_TOKEN was answered 401" in ended.said
    assert alone.code == 3
    assert "every credential" in alone.complained


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--caller=env:NOT_THERE",), "the environment has no NOT_THERE"),
        (("--caller=acme=sk_fake_secret",), "env:VARIABLE"),
        (("--target", "acme.example"), "--target"),
        (("--target", "mock"), "--target"),
    ],
)
def test_what_is_asked_wrong_is_said(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    ended = init("http://127.0.0.1:9/v1", tmp_path, *options)
    assert ended.code == 2
    assert said in ended.complained
    assert "sk_fake_secret" not in ended.complained
    assert not (tmp_path / "target.toml").exists()


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    """Unless --force is given."""
    path = tmp_path / "target.toml"
    path.write_text("# mine\n")
    with served_mock() as origin:
        ended = init(f"{origin}/v1", tmp_path)
        assert (ended.code, path.read_text()) == (2, "# mine\n")
        assert "--force" in ended.complained
        assert init(f"{origin}/v1", tmp_path, "--force").code == 0
    assert "# mine" not in path.read_text()


HOSTILE = {
    "no-json": response("200 OK", b"hello", media_type="text/plain"),
    "a-list": response("200 OK", []),
    "strange": response(
        "200 OK", {"org_id": 'o"\n[known]\nx = 1', "role": "\x1b[31mowner\x7f", "packs": [1, {"id": 2}]}
    ),
    "broken": response("500 Internal Server Error", error("oops")),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_a_server_says_the_file_is_a_profile(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or there is none."""
    monkeypatch.setenv("TOKEN", "sk_fake_some_token")
    with answering(HOSTILE[kind]) as url:
        ended = init(url, tmp_path, "--caller=env:TOKEN")
    assert "Traceback" not in ended.complained
    if ended.code == 0:
        read_profile(tmp_path / "target.toml", list_known_keys())
    else:
        assert (ended.code, (tmp_path / "target.toml").exists()) == (3, False)
