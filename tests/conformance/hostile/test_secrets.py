"""No credential stands in anything that a run leaves behind, not even where the target repeats each one."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conformance.targets import judge
from tests.conformance.worldless import CALLERS, personas, profile
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying

HALF = 0.5
GATE = "gate-secret-fake-0123456789"


def repeated(passed: Request) -> Answer | None:
    """What was sent, in a header, in the code, in the message, and in a body that is no text."""
    if passed.target.endswith("/me/session"):
        return None
    sent = passed.headers.get("authorization", "") + " " + passed.headers.get("x-gate", "")
    if passed.method == "DELETE":
        return Answer(200, {"Content-Type": "application/octet-stream", "X-Sent": sent}, b"\xff\xfe" + sent.encode())
    error = {"code": sent, "message": f"You sent {sent}.", "request_id": passed.target, "details": {sent: sent}}
    return Answer(409, {"Content-Type": "application/json", "X-Sent": sent}).with_json({"error": error})


def test_no_secret_is_left_in_a_report_a_log_a_ledger_or_on_a_terminal(tmp_path: Path) -> None:
    kinds = ("json", "html", "junit", "markdown", "arazzo", "sarif", "codequality")
    reports = [option for kind in kinds for option in ("--report", f"{kind}={tmp_path / kind}")]
    options = ["--header", f"X-Gate: {GATE}", "--request-log", tmp_path / "requests.log"]
    with served_mock() as origin, proxying(origin) as target:
        target.answers = repeated
        secrets = [GATE, *(str(personas(origin)[name]["token"]) for name in CALLERS)]
        written = profile(tmp_path / "target.toml", origin, states=True, base_url=target.origin)
        clauses = ["--clause", "authentication", "--clause", "visibility", "--clause", "deletion", "--only", "directed"]
        clauses += [f"--operation=packs.{name}" for name in ("get", "update_visibility", "delete")]
        run = judge("--target", written, "--budget", "quick", *clauses, *reports, "--report", "github", *options)
        findings = json.loads((tmp_path / "json").read_bytes())["findings"]
        again = judge(tmp_path / "json", findings[0]["fingerprint"], "--header", f"X-Gate: {GATE}", command="replay")
    assert run.code == 1
    assert any("_TOKEN" in finding["got"] for finding in findings)  # it is there, by its name
    written.unlink()  # the one place in which the user has put them
    left = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(left) >= 5
    left |= {"terminal": (run.said + run.complained).encode(), "replay": (again.said + again.complained).encode()}
    for secret in secrets:
        # A session's signature too: it is what nobody else could make.
        for part in {secret, secret.rpartition(".")[2]}:
            assert [place for place, content in left.items() if part.encode() in content] == []


def planted(seed: int) -> Callable[[Request, Answer], Answer]:
    """Return what puts the credential of a request into a text of its answer, and into each one to a DELETE."""
    dice = random.Random(seed)  # noqa: S311 - nothing secret

    def replaces(passed: Request, answer: Answer) -> Answer:
        sent = passed.headers.get("authorization", "").rpartition(" ")[2]
        if not sent or passed.target.endswith("/me/session"):
            return answer
        if passed.method == "DELETE":  # so that what was made stays, and is told
            error = {"code": sent, "message": sent, "request_id": sent, "details": {sent: sent}}
            return Answer(409, {"Content-Type": "application/json", sent[:60]: sent}).with_json({"error": error})
        written = dice.choice((sent, quote(sent, safe=""), f"<{sent}>", json.dumps(sent), sent.rpartition(".")[2]))
        texts = re.findall(rb'"[^"\\]+"', answer.body)
        if answer.status < 300 or not texts or dice.random() < HALF:
            return answer
        return replace(answer, body=answer.body.replace(dice.choice(texts), json.dumps(written).encode(), 1))

    return replaces


@pytest.mark.parametrize("seed", range(3))
def test_no_secret_is_left_wherever_a_target_puts_it(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be removed is told with the target's words, at the end of a run and by cleanup."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    kinds = ("json", "html", "junit", "markdown", "arazzo", "sarif", "codequality")
    reports = [option for kind in kinds for option in ("--report", f"{kind}={tmp_path / kind}")]
    narrow = ["--clause", "authentication", "--clause", "deletion", "--clause", "visibility", "--only", "directed"]
    with served_mock() as origin, proxying(origin) as target:
        target.replaces = planted(seed)
        secrets = [str(personas(origin)[name]["token"]) for name in CALLERS]
        written = profile(tmp_path / "target.toml", origin, states=True, base_url=target.origin)
        options = ["--budget", "quick", "--seed", str(seed), "--request-log", tmp_path / "requests.log"]
        run = judge(
            "--target", written, *options, *narrow, *reports, "--operation=packs.delete", "--operation=packs.get"
        )
        cleaned = judge("--target", written, command="cleanup")
    assert "left behind" in run.said + run.complained
    written.unlink()
    left = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    told = {"terminal": run, "cleanup": cleaned}
    left |= {name: (each.said + each.complained).encode() for name, each in told.items()}
    for part in {part for secret in secrets for part in (secret, *secret.split(".")[1:])}:
        forms = {form.encode() for form in (part, quote(part, safe=""))}
        assert [place for place, content in left.items() if any(form in content for form in forms)] == []
