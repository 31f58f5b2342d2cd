"""A mock that starts from a state, and one that leaves a state behind: whole, or not at all."""

import errno
import json
import os
import re
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server import Settings, create_app
from mock_server.errors import StartError
from mock_server.state.portable import StateReader, load, save
from tests.mock_server.processes import COMMAND, ended, process
from tests.mock_server.serving import Mock, served
from tests.mock_server.states import empty

PACK = "/v1/packs/pack_acme_pager"


def visibility(mock: Mock, world: str = "default") -> str:
    return str(mock.send("GET", PACK, "acme-owner", headers={"X-Mock-World": world}).json()["visibility"])


def share(mock: Mock) -> None:
    assert mock.send("PATCH", PACK, "acme-owner", json={"visibility": "community"}).status_code == 200


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, tokens: dict[str, str]) -> Path:
    """A file with a state in which a pack is shared."""
    path = tmp_path_factory.mktemp("states") / "state.json"
    with served(create_app()) as url:
        mock = Mock(url, "default", tokens)
        share(mock)
        path.write_bytes(mock.control("GET", "/state").content)
    return path


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_is_saved_at_the_end_is_started_from(tmp_path: Path, tokens: dict[str, str], how: signal.Signals) -> None:
    path = tmp_path / "state.json"
    path.write_text("what was there before", encoding="utf-8")
    with process("--save-state", str(path)) as (running, url):
        mock = Mock(url, "default", tokens)
        share(mock)
        state = mock.control("GET", "/state").content
        _, said = ended(running, how)
    assert "nothing was written" not in said
    assert path.read_bytes() == state
    assert list(tmp_path.iterdir()) == [path]
    with process("--state", str(path), "--save-state", str(path)) as (running, url):
        assert visibility(Mock(url, "default", tokens)) == "community"
        ended(running, how)
    assert path.read_bytes() == state


def test_only_the_world_default_starts_from_it_and_a_reset_leads_back_to_the_seed_data(
    exported: Path, tokens: dict[str, str]
) -> None:
    with served(create_app(Settings(state=exported))) as url:
        mock = Mock(url, "default", tokens)
        assert (visibility(mock), visibility(mock, "other")) == ("community", "org")
        assert mock.control("GET", "/state").content == exported.read_bytes()
        mock.control("POST", "/reset")
        assert visibility(mock) == "org"


def test_a_mock_that_is_killed_leaves_the_file_as_it_was(tmp_path: Path, tokens: dict[str, str]) -> None:
    path = tmp_path / "state.json"
    path.write_text("what was there before", encoding="utf-8")
    with process("--save-state", str(path)) as (running, url):
        share(Mock(url, "default", tokens))
        ended(running, signal.SIGKILL)
    assert path.read_text(encoding="utf-8") == "what was there before"


def test_a_state_that_cannot_be_saved_any_more_is_an_error_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # where the state goes instead
    with process("--save-state", str(folder / "state.json")) as (running, _):
        folder.rmdir()
        code, said = ended(running, signal.SIGTERM)
    assert code == 1
    sentence = (
        f"evershell-mock: --save-state {folder / 'state.json'}: nothing was written: {os.strerror(errno.ENOENT)};"
    )
    assert said.startswith(sentence)
    assert said.count("\n") == 1


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.json"
    save(empty(), path)
    before = path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        save(empty(seed=1).assign_id_of_kind("pack")[0], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_name_points_to_is_written_and_the_name_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "state.json", tmp_path / "link.json"
    link.symlink_to(target)
    save(empty(), link)
    assert link.is_symlink()
    assert json.loads(target.read_bytes())["orgs"] == {}


def refused(*options: str) -> str:
    """What a start that is refused prints."""
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_file_that_is_cut_in_the_middle_starts_nothing(exported: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_bytes(exported.read_bytes()[:5000])
    saved = tmp_path / "saved.json"
    assert f"--state {cut}: is not whole: It is not JSON" in refused("--state", str(cut), "--save-state", str(saved))
    assert not saved.exists()


@cache
def reader() -> StateReader:
    made: StateReader = create_app().context.reader
    return made


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_cut_anywhere_is_refused_by_its_name(exported: Path, tmp_path: Path, data: st.DataObject) -> None:
    whole = exported.read_bytes().rstrip()
    cut = tmp_path / "cut.json"
    cut.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(StartError, match=re.escape(f"--state {cut}: is not whole")):
        load(cut, reader(), empty())


def test_a_file_with_wrong_places_names_the_first_and_counts_the_others(exported: Path, tmp_path: Path) -> None:
    document = json.loads(exported.read_bytes())
    document["packs"]["pack_acme_pager"]["visibility"] = "private"
    document["orgs"]["org_acme"]["billing_status"] = "rich"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(document), encoding="utf-8")
    said = refused("--state", str(wrong))
    assert f"--state {wrong}: /" in said
    assert "(1 more places are wrong)" in said


def test_files_that_cannot_be_are_refused_before_anything_is_served(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert f"--state {absent}: cannot be read" in refused("--state", str(absent))
    assert "is a directory" in refused("--save-state", str(tmp_path))
    assert f"there is no directory {absent}" in refused("--save-state", str(absent / "state.json"))
