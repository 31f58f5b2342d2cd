"""A target that is full: its refusals are no violations, what they stood in the way of is not judged, never green."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.http.exchange import Exchange, Request
from conformance.oracle.judging import limit_in, limit_of
from tests import plain
from tests.archives import zipped
from tests.conformance.targets import Judged, judge
from tests.live import served_mock
from tests.proxy import messages
from tests.proxy.messages import Answer
from tests.proxy.proxy import proxying

MIB = 1024 * 1024


def refused(
    operation_id: str = "packs.replace_file",
    method: str = "PUT",
    path: str = "/packs/p/files/data/x",
    *,
    status: int = 413,
    code: str = "payload_too_large",
    limit: object = 8 * MIB,
    length: int = 100,
) -> Exchange:
    error = {"code": code, "message": "No.", "request_id": "r", "details": {"limit": limit}}
    request = Request(operation_id, method, path, {}, content=b"x" * length)
    return Exchange("acme-owner", request, f"http://t/v1{path}", status, (), json.dumps({"error": error}).encode(), 1.0)


FULL: dict[str, dict[str, Any]] = {
    "a file": {},
    "an upload": {"operation_id": "packs.upload", "method": "POST", "path": "/packs/upload"},
    "as long as the limit": {"length": 4096, "limit": 4096},
}
NOT_FULL: dict[str, dict[str, Any]] = {
    "another status": {"status": 507},
    "another code": {"code": "validation_error"},
    "no number": {"limit": "8 MiB"},
    "no bytes": {"limit": 0},
    "true": {"limit": True},
    "past the operation's own limit": {"length": 8 * MIB + 1, "limit": 100 * MIB},
    "the limit of a body": {"length": 101, "limit": 100},
    "a request that adds nothing": {"operation_id": "packs.delete", "method": "DELETE", "path": "/packs/p"},
    "one that reads": {"operation_id": "packs.list", "method": "GET", "path": "/packs"},
    "no operation": {"method": "PUT", "path": "/packs"},
}


@pytest.mark.parametrize("given", FULL)
def test_an_answer_that_says_that_the_target_is_full(contract: Contract, given: str) -> None:
    assert limit_of(contract, refused(**FULL[given])) == FULL[given].get("limit", 8 * MIB)


@pytest.mark.parametrize("given", NOT_FULL)
def test_an_answer_that_is_judged_like_any_other(contract: Contract, given: str) -> None:
    assert limit_of(contract, refused(**NOT_FULL[given])) is None


@pytest.mark.parametrize(
    "body", [None, [], {}, {"error": None}, {"error": {"details": {}}}, {"error": {"details": []}}]
)
def test_a_body_without_a_limit(body: object) -> None:
    assert limit_in(body) is None


def archive(name: str, size: int) -> bytes:
    return zipped({"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode(), "behavior.md": b"x" * size})


@pytest.fixture(scope="module")
def full() -> Iterator[str]:
    """A mock in which nothing more fits, filled from outside; its URL, without a base path."""
    with served_mock("--max-memory", "1", "--log-level", "error") as origin, plain.Client(base_url=origin) as client:
        personas = client.get("/_mock/personas").json()["personas"]
        token = next(each["token"] for each in personas if each["name"] == "acme-owner")
        client.headers.update({"Authorization": f"Bearer {token}", "X-Mock-World": "filler"})
        for number in range(20):
            packed = archive(f"filler-{number}", MIB // 2 >> number)
            client.post("/v1/packs/upload", files={"archive": ("p", packed, "application/gzip")})
        body = {"image_ref": "registry.example.com/globex/metrics:1.0.0"}
        answers = (client.post("/v1/packs", json=body, headers={"X-Mock-World": f"w{n}"}) for n in range(40))
        assert any(answer.status_code == 413 for answer in answers), "it is full in the end"
        yield origin


def cases_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    by_rule: dict[str, list[dict[str, Any]]] = {}
    for case in json.loads(path.read_text("utf-8"))["cases"]:
        by_rule.setdefault(case["rule"], []).append(case)
    return by_rule


CREATION = ["CREATE-READABLE", "FILE-REPLACED", "PARALLEL-CREATES", "CONTRACT-VALID-ACCEPTED", "CONTRACT-RIGHT-ANSWER"]


def judged(origin: str, *options: str | Path, rules: list[str]) -> Judged:
    chosen = [option for rule in rules for option in ("--rule", rule)]
    return judge("--target", f"{origin}/v1", "--budget", "quick", "--seed", "7", *chosen, *options)


@pytest.mark.timeout(240)
def test_a_full_mock_breaks_no_rule_and_is_not_green(full: str, tmp_path: Path) -> None:
    """Directed cases, generated ones and expeditions alike."""
    report = tmp_path / "results.json"
    run = judged(full, "--report", f"json={report}", rules=CREATION)
    assert run.code == 3, run.said
    assert "target full: it refused to keep what" in run.last_line
    results = json.loads(report.read_text("utf-8"))
    assert results["findings"] == []
    met = {(cell["operation_id"], cell["status"]): cell["count"] for cell in results["cells"]}
    assert not met.get(("packs.upload", 413), 0), "it is not what the 413 is declared for"
    by_rule = cases_of(report)
    for rule in ("CREATE-READABLE", "FILE-REPLACED", "PARALLEL-CREATES"):
        assert {case["verdict"] for case in by_rule[rule]} == {"NOT_PROVOKED"}
        assert any("target full: " in case["reason"] and "1,048,576 bytes" in case["reason"] for case in by_rule[rule])
    accepted = [case for case in by_rule["CONTRACT-VALID-ACCEPTED"] if case["operation_id"] == "packs.upload"]
    assert {case["verdict"] for case in accepted} == {"NOT_PROVOKED"}


def test_what_a_full_mock_is_asked_to_read_is_judged(full: str) -> None:
    run = judged(full, rules=["SESSION-CALLER", "PROTOCOL-CONCRETE-PATH"])
    assert (run.code, "no violation found" in run.last_line) == (0, True)


def says(limit: int) -> Answer:
    error = {"code": "payload_too_large", "message": "No.", "request_id": "r1", "details": {"limit": limit}}
    return Answer(413, {"Content-Type": "application/json", "X-Request-Id": "r1"}).with_json({"error": error})


def test_a_server_that_always_says_so_is_not_green() -> None:
    with served_mock() as origin, proxying(origin) as front:

        def refuses(passed: messages.Request) -> Answer | None:
            return (
                says(10**9)
                if passed.target.partition("?")[0].endswith(("/packs", "/packs/upload")) and (passed.method == "POST")
                else None
            )

        front.answers = refuses
        run = judged(front.origin, rules=["CREATE-READABLE", "SESSION-CALLER"])
    assert run.code == 3
    assert "target full" in run.last_line


def test_a_server_whose_limit_is_too_low_is_found() -> None:
    """It names the limit of a body, below the length of what was sent."""
    with served_mock() as origin, proxying(origin) as front:

        def refuses(passed: messages.Request) -> Answer | None:
            long = int(passed.headers.get("content-length", "0")) > 4
            return says(4) if passed.method == "PUT" and "/files/" in passed.target and long else None

        front.answers = refuses
        run = judged(front.origin, rules=["FILE-REPLACED"])
    assert run.code == 1, run.said
    assert "target full" not in run.last_line
