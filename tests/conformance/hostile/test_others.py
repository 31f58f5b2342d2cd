"""A target that answers with what others have, and one that dies: nothing of others is lost, and nothing is hidden."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.http.health import IN_A_ROW
from conformance.resources.packs import archives
from tests import plain
from tests.conformance.certificates import certified
from tests.conformance.targets import judge
from tests.conformance.worldless import personas, profile, stored
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying
from tests.proxy.stream import Dropped

WRITING = ["--clause", "deletion", "--only", "directed"]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served_mock() as url:
        yield url


def headers(origin: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {personas(origin)['acme-owner']['token']}"}


def of_another_run(origin: str, name: str) -> dict[str, Any]:
    """A pack that another run has just made, and has not removed yet."""
    files = {"archive": ("p.tar.gz", archives.write_files({"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode()}))}
    made: dict[str, Any] = plain.post(f"{origin}/v1/packs/upload", headers=headers(origin), files=files).json()
    return made


@pytest.mark.parametrize("whose", ["somebody's", "another run's"])
def test_an_id_of_others_in_an_answer_makes_nothing_ours(tmp_path: Path, origin: str, whose: str) -> None:
    """What was there before stays as it is, and what another run made is not removed."""
    there = plain.get(f"{origin}/v1/packs/pack_acme_pager", headers=headers(origin)).json()
    later: list[dict[str, Any]] = []

    def forged(passed: Request) -> Answer | None:
        if passed.method != "POST":
            return None
        if whose == "another run's" and not later:
            later.append(of_another_run(origin, "conformance-0a1b2c-theirs"))
        return Answer(201, JSON).with_json(later[0] if later else there)

    with proxying(origin) as target:
        target.answers = forged
        written = profile(tmp_path / "target.toml", origin, states=False, base_url=target.origin)
        before = stored(origin)
        judged = judge("--target", written, *WRITING)
    theirs = (later[0] if later else there)["id"]
    assert judged.code in (0, 1, 3)  # what is made by a PUT is judged all the same
    assert [passed.method for passed in target.unsafe].count("POST") > 3
    assert [passed.method for passed in target.unsafe if theirs in passed.target.split("/") and not later] == []
    if later:
        assert plain.delete(f"{origin}/v1/packs/{theirs}", headers=headers(origin)).status_code == 200
    assert stored(origin) == before


def test_a_target_that_dies_in_the_middle_is_named_and_what_is_left_there_too(tmp_path: Path) -> None:
    """Removing is tried, and told of; whoever revives the target can try again."""
    report = tmp_path / "report.json"
    with served_mock() as origin, proxying(origin) as target:
        dead = threading.Event()
        alive: list[int] = []

        def dies(passed: Request) -> Answer | None:
            made = [each for each in target.passed if each.method == "POST" and each.target.endswith("upload")]
            if len(made) > 3 and passed.method != "POST" and not dead.is_set():
                alive.append(len(target.passed) - 1)
                dead.set()
            if dead.is_set():
                raise Dropped
            return None

        target.answers = dies
        written = profile(tmp_path / "target.toml", origin, states=False, base_url=target.origin)
        judged = judge("--target", written, *WRITING, "--timeout", "2", "--report", f"json={report}")
        assert judged.code == 3
        assert "stopped answering" in judged.last_line
        assert json.loads(report.read_bytes())["left_behind"]
        assert len(target.passed) - alive[0] > IN_A_ROW  # those that show it, and one at least to remove
        dead.clear()
        target.answers = lambda _: None
        assert judge(command="cleanup").said.endswith("nothing is left to remove\n")


def test_a_certificate_for_another_name_is_no_target(tmp_path: Path) -> None:
    """Named as what it is, before a credential was sent."""
    issued = certified(tmp_path)
    with served_mock() as origin, proxying(tls=issued.context) as target:
        elsewhere = target.origin.replace("127.0.0.1", "localhost")
        written = profile(tmp_path / "target.toml", origin, states=False, base_url=elsewhere)
        judged = judge("--target", written, "--cacert", issued.authority)
    assert judged.code == 3
    assert "its certificate is not trusted" in judged.last_line
    assert target.passed == []
