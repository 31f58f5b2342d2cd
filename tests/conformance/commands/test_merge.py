"""A run in shards, joined by `merge`, is the run that one machine would have made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.targets import Judged, judge, profile
from tests.live import served_mock

DEFECTS = ("--deviation", "billing-list-refused", "--deviation", "contract-request-id-empty")
SOME = ("--budget", "quick", "--operation", "packs.list")
SEED = ("--seed", "7")
Report = dict[str, Any]


@contextmanager
def defective() -> Iterator[str]:
    with served_mock(*DEFECTS) as origin:
        yield f"{origin}/v1"


def shards(target: str, folder: Path, of: int, *options: str | Path) -> list[Path]:
    """The files of all shards of a run."""
    files = [folder / f"{number}-of-{of}.json" for number in range(1, of + 1)]
    for number, file in enumerate(files, 1):
        part = judge("--target", target, *SEED, "--shard", f"{number}/{of}", "--report", f"shard={file}", *options)
        assert part.code in (0, 1), part.complained
        assert f"shard {number} of {of}: " in part.said
    return files


def merged(files: list[Path], *options: str) -> Judged:
    return judge(*files, *options, command="merge")


def whole(target: str, report: Path, *options: str) -> tuple[int, Report]:
    code = judge("--target", target, *SEED, "--report", f"json={report}", *options).code
    return code, json.loads(report.read_text())


def lasting(report: Report) -> Report:
    """What of a report has to be equal in two runs: all but times, and what the target made up itself."""
    kept = {
        key: value
        for key, value in report.items()
        if key not in {"started", "findings", "groups", "summary", "slowest"}
    }
    kept["summary"] = {key: value for key, value in report["summary"].items() if key != "duration_s"}
    kept["cases"] = [{key: value for key, value in case.items() if key != "duration_ms"} for case in report["cases"]]
    kept["findings"] = [(it["fingerprint"], it["verdict"], it["count"], it["case"]) for it in report["findings"]]
    kept["groups"] = [(it["fingerprint"], it["title"], it["findings"]) for it in report["groups"]]
    return kept


def judged_whole_and_in_shards(folder: Path, of: int, *options: str) -> list[Path]:
    """The files of a run's shards, which joined are the run; one more of them is dealt by its durations."""
    with defective() as target:
        code, report = whole(target, folder / "whole.json", *options)
        assert code == 1
        assert report["findings"]
        dealt = [shards(target, folder, of, *options)]
        durations = ("--durations", str(folder / "whole.json"))
        dealt.append(shards(target, folder, of + 1, *options, *durations))
    for files in dealt:
        joined = merged(files, "--report", f"json={folder / 'merged.json'}")
        assert joined.code == code
        assert lasting(json.loads((folder / "merged.json").read_text())) == lasting(report)
    return dealt[0]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of both shards of a run."""
    clauses = ("--clause", "billing", "--clause", "contract")
    return judged_whole_and_in_shards(tmp_path_factory.mktemp("shards"), 2, *SOME, *clauses)


def test_shards_joined_are_the_run(files: list[Path]) -> None:
    assert [file.name for file in files] == ["1-of-2.json", "2-of-2.json"]


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("of", [2, 4, 7])
def test_shards_of_the_whole_contract_are_the_run(tmp_path: Path, of: int) -> None:
    judged_whole_and_in_shards(tmp_path, of)


def test_every_report_is_written_of_what_was_joined(tmp_path: Path) -> None:
    """And waivers, coverage and strictness are judged for the whole, as no part can."""
    with defective() as target:
        # The clause reaches one of the three answers of the operation.
        narrow = ("--clause", "billing", "--require-coverage", "90")
        files = shards(target, tmp_path, 2, *SOME, "--owned", *narrow)
    reports = {kind: tmp_path / f"merged.{kind}" for kind in ("html", "junit", "json", "markdown")}
    joined = merged(files, *(word for kind, path in reports.items() for word in ("--report", f"{kind}={path}")))
    assert joined.code == 1
    assert "--require-coverage 90: " in joined.complained
    for path in reports.values():
        assert "packs.list" in path.read_text()
    assert json.loads(reports["json"].read_text())["contract"]["owned"]
    assert all("owned: each statement binds" in path.read_text() for kind, path in reports.items() if kind != "json")
    assert json.loads(reports["json"].read_text())["verdicts"] == ["FAILED", "LOW_COVERAGE"]
    assert "--require-coverage" not in merged(files, "--require-coverage", "1").complained


def test_a_part_without_cases_is_no_error(tmp_path: Path) -> None:
    files = shards("mock", tmp_path, 2, "--rule", "SESSION-API-KEY", "--only", "directed")
    assert merged(files).code == 0


class TestRefused:
    """What is no run is exit 2, and says which file is why."""

    def refused(self, *files: Path) -> str:
        joined = merged([*files])
        assert (joined.code, joined.said) == (2, "")
        return joined.complained

    def test_missing(self, files: list[Path]) -> None:
        assert "shard 2 is missing of 2: `run --shard 2/2 --report shard=FILE` writes one" in self.refused(files[0])

    def test_doubled(self, files: list[Path]) -> None:
        assert f"{files[1]} and {files[1]} are both shard 2 of 2" in self.refused(*files, files[1])

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"seed": 8}, "--seed 8, not 7"),
            ({"budget": "deep"}, "--budget deep, not quick"),
            ({"contract": "0" * 64}, f"the contract with the SHA-256 {'0' * 64}, not"),
            ({"suite": "9.9"}, "the suite's version 9.9, not"),
            ({"is_owned": True}, "--owned, or contract.owned of the profile: True, not False"),
        ],
    )
    def test_of_another_run(self, files: list[Path], tmp_path: Path, change: Report, why: str) -> None:
        document = json.loads(files[1].read_text())
        document["info"] |= change
        foreign = tmp_path / "foreign.json"
        foreign.write_text(json.dumps(document))
        assert f"{foreign}: is of another run than {files[0]}: {why}" in self.refused(files[0], foreign)

    def test_dealt_by_other_durations(self, files: list[Path], tmp_path: Path) -> None:
        document = json.loads(files[1].read_text())
        foreign = tmp_path / "foreign.json"
        foreign.write_text(json.dumps(document | {"digest": "0" * 64}))
        assert "give all shards the same options and --durations" in self.refused(files[0], foreign)

    def test_by_another_contract_than_the_one_that_came_along(self, files: list[Path], tmp_path: Path) -> None:
        changed = []
        for file in files:
            document = json.loads(file.read_text())
            document["info"]["contract"] = "0" * 64
            changed.append(tmp_path / file.name)
            changed[-1].write_text(json.dumps(document))
        assert "was judged by another contract" in self.refused(*changed)

    def test_half_a_file(self, files: list[Path], tmp_path: Path) -> None:
        half = tmp_path / "half.json"
        half.write_bytes(files[1].read_bytes()[: files[1].stat().st_size // 2])
        assert f"{half}: is not JSON" in self.refused(files[0], half)

    def test_results_are_missing(self, files: list[Path], tmp_path: Path) -> None:
        document = json.loads(files[1].read_text())
        dropped = document["results"].pop()
        assert dropped
        less = tmp_path / "less.json"
        less.write_text(json.dumps(document))
        count = len(document["results"])
        assert f"{less}: has the results of {count} of its {count + 1} cases" in self.refused(files[0], less)

    @pytest.mark.parametrize("content", ["[]", "{}", '{"kind": "report"}', "[" * 100_000, "null", "1e999"])
    def test_no_shard(self, files: list[Path], tmp_path: Path, content: str) -> None:
        strange = tmp_path / "strange.json"
        strange.write_text(content)
        assert str(strange) in self.refused(files[0], strange)

    @pytest.mark.parametrize("result", [{}, 1, {"case": {}}, {"case": {"verdict": "FINE"}, "process": 1}])
    def test_a_result_that_is_none(self, files: list[Path], tmp_path: Path, result: object) -> None:
        document = json.loads(files[1].read_text())
        document["results"][0] = result
        strange = tmp_path / "strange.json"
        strange.write_text(json.dumps(document))
        assert str(strange) in self.refused(files[0], strange)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--shard", "2/8"), "--shard 2/8: needs --seed N"),
        (("--shard", "9/8", *SEED), "--shard 9/8: has to be I/N, such as 2/8"),
        (("--shard", "0/8", *SEED), "--shard 0/8: has to be I/N"),
        (("--shard", "2", *SEED), "--shard 2: has to be I/N"),
        (("--shard", "1/2", *SEED, "--max-requests", "9"), "--max-requests holds for all machines together"),
        (("--durations", "last.json", *SEED), "--durations: is for a part of a run; give --shard I/N too"),
        (("--report", "shard=1.json", *SEED), "--report shard=: is for a part of a run; give --shard I/N too"),
        (("--shard", "1/2", *SEED, "--durations", "none.json"), "none.json: cannot be read (No such file"),
    ],
)
def test_what_cannot_be_a_shard(tmp_path: Path, options: tuple[str, ...], why: str) -> None:
    refused = judge("--target", "mock", *options, cwd=tmp_path)
    assert (refused.code, refused.said) == (2, "")
    assert why in refused.complained


def test_a_target_without_worlds_is_not_shared_out(tmp_path: Path) -> None:
    """One machine would meet what another makes."""
    target = profile(tmp_path / "target.toml", "http://127.0.0.1:9/v1")
    refused = judge("--target", target, *SEED, "--shard", "1/2")
    assert refused.code == 2
    assert "needs a target with worlds (target.world_url)" in refused.complained


def test_a_limit_of_speed_is_shared_out(tmp_path: Path) -> None:
    """So all shards together keep it."""
    with served_mock() as origin:
        alone = ("--operation", "session.get", "--only", "directed", "--requests-per-second", "100")
        files = shards(f"{origin}/v1", tmp_path, 2, *alone)
    for file in files:
        document = json.loads(file.read_text())
        sent = document["before"]["requests"] + sum(result["requests"] for result in document["results"])
        assert sent / document["duration_s"] < 75  # two such shards would send faster than 100 together
