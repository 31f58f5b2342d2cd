"""Each wrong declaration of somebody who has read neither linters nor rules is found, by either of them.

A wrong declaration agrees with itself: the mock serves by it, and the suite judges by it. What the linters cannot
see is found where the mock that believes it is judged by the contract that is right.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.contract import ContractError
from conformance.contract.reader import read
from mock_server import Settings, create_app
from mock_server.errors import StartError
from tests import forked
from tests.agreement.labels import add_labels
from tests.agreement.wrong import WRONG
from tests.conformance.worldless import profile
from tests.examples import second
from tests.mock_server.serving import served, written
from tests.openapi import DOCUMENT

ROOT = Path(__file__).parents[2]
TYPES = "/x-resource-types"
BY_BOTH = {
    "pack-visible-where-org": f"{TYPES}/pack/visible",
    "pack-capabilities-for-owner-only": f"{TYPES}/pack/owner_only",
    "provider-credential-by-id": f"{TYPES}/provider/refers/credential_name",
    "provider-archived-without-its-roles": f"{TYPES}/provider/archive",
    "role-not-kept-by-stopping-workspaces": f"{TYPES}/role/archive/kept_by/while",
    "role-without-archived-at": f"{TYPES}/role/archive/field",
    "credential-unique-by-name-alone": f"{TYPES}/credential/unique",
    "credential-all-seen-with-own-scope": f"{TYPES}/credential/personal/all",
    "credential-off-with-secrets": f"{TYPES}/credential/switched_off",
    "secret-of-everybody": f"{TYPES}/secret",
    "membership-change-is-event-of-role": "/paths/~1orgs~1{id}~1memberships~1{user_id}/patch/x-event",
    "label-ids-begin-like-packs": f"{TYPES}/label/id/prefix",
    "label-named-by-its-name": f"{TYPES}/label/key",
    "label-made-without-color": f"{TYPES}/label/schema",
    "label-missing-is-plain-not-found": "/paths/~1labels~1{id}/get/responses/404",
    "label-list-of-create-bodies": f"{TYPES}/label/schema",
    "label-taken-name-is-pack-exists": "/paths/~1labels/post/responses/409",
    "label-scope-of-nobody": "/paths/~1labels/post/x-permissions",
    "label-archived-by-nothing": f"{TYPES}/label/archive",
    "label-deleted-but-logged-as-updated": "/paths/~1labels~1{id}/delete/x-event",
    "label-color-cleared-by-null": f"{TYPES}/label/schema",
    "label-personal-by-org": f"{TYPES}/label/personal/field",
}
"""Where both linters say that a declaration is wrong."""
BY_MOCK = {
    "billing-refusal-is-permission-denied": "/x-features/billing/refusal",
    "error-details-beside-error": "/x-error-body",
    "label-unique-by-name-and-color": f"{TYPES}/label/unique",
    "label-renamed-without-conflict": f"{TYPES}/label/unique",
    "api-key-revoked-only-when-paid": "/paths/~1api-keys~1{id}/delete/x-billing",
}
"""Where the mock's linter alone does."""
BY_RULE = {
    "provider-config-not-merged": ("PROVIDER-CONFIG-MERGES", "--rule=PROVIDER-CONFIG-MERGES", 1),
    "label-update-needs-code": ("CONTRACT-NO-SERVER-ERROR", "--operation=labels.update", 1),
    # A quick run has another org look at a green label by less than every second seed.
    "label-seen-by-all-where-green": ("OWNERSHIP-PRIVATE-HIDDEN", "--operation=labels.get", 2),
}
"""The rule that a mock with the wrong declaration breaks, what narrows the run that finds it, and its seed."""
FIRST = 10
"""How many of them the linters found at the first try."""


def test_all_of_them_are_found_and_the_guide_says_how_many_by_what() -> None:
    assert sorted(WRONG) == sorted([*BY_BOTH, *BY_MOCK, *BY_RULE])
    guide = (ROOT / "docs/vocabulary.md").read_text(encoding="utf-8")
    linted = len(BY_BOTH) + len(BY_MOCK)
    assert f"| a linter, when a contract is read | {FIRST} | {linted} |" in guide
    assert f"| a rule, judging the mock by the right contract | not tried | {len(BY_RULE)} |" in guide
    assert f"| nothing | {len(WRONG) - FIRST} | 0 |" in guide


@pytest.mark.parametrize("wrong", [*BY_BOTH, *BY_MOCK])
def test_a_linter_names_its_place(wrong: str, tmp_path: Path) -> None:
    document = WRONG[wrong].contract
    path = written(tmp_path, document)
    with pytest.raises(StartError) as stopped:
        create_app(Settings(contract=path))
    assert str(stopped.value).startswith(f"{path}: {(BY_BOTH | BY_MOCK)[wrong]}: ")
    if wrong in BY_BOTH:
        with pytest.raises(ContractError) as refused:
            read(path, document)
        assert str(refused.value) == str(stopped.value)


@pytest.mark.parametrize("wrong", BY_RULE)
def test_a_rule_is_broken_by_the_mock_that_believes_it(wrong: str, tmp_path: Path) -> None:
    rule, narrowed, seed = BY_RULE[wrong]
    (tmp_path / "right").mkdir()
    right = written(tmp_path / "right", add_labels() if WRONG[wrong].is_of_labels else DOCUMENT)
    report = tmp_path / "report.json"
    with served(create_app(replace(Settings(), contract=written(tmp_path, WRONG[wrong].contract)))) as origin:
        target = profile(tmp_path / "target.toml", origin, states=True)
        options = ["--target", str(target), "--contract", str(right), "--seed", str(seed), "--budget", "quick"]
        code, *said = forked.run(forked.SUITE, ["run", *options, narrowed, "--report", f"json={report}"], ROOT, 300)
    assert code == 1, said
    assert rule in {each["rule"] for each in json.loads(report.read_text(encoding="utf-8"))["findings"]}


def test_the_second_server_is_accused_by_a_suite_that_believes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows no declaration, so it does what is right where the contract says otherwise."""
    for name, token in second.sessions().items():
        monkeypatch.setenv(name, token)
    contract = written(tmp_path, WRONG["api-key-revoked-only-when-paid"].contract)
    with second.serving() as origin:
        target = second.profile(tmp_path, origin)
        narrowed = ("--contract", str(contract), "--budget", "quick", "--operation", "api_keys.revoke")
        ended, results = second.judged(tmp_path, target, *narrowed)
    assert ended.code == 1, ended.said
    assert {each["rule"] for each in results["findings"]} == {"BILLING-CREATE-REFUSED"}
