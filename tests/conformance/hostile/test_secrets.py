"""No credential stands in anything that a run leaves behind, not even where the target repeats each one."""

import json
from pathlib import Path

from tests.conformance.targets import judge
from tests.conformance.worldless import CALLERS, personas, profile
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying

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
    kinds = ("json", "html", "junit", "markdown", "sarif", "codequality")
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
