"""A state on disk outlives whatever happens: a kill, a full disk, a directory that nobody may write, an edited file."""

import json
import operator
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, reduce
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server import create_app
from mock_server.errors import StartError
from mock_server.state.portable import StateReader, load, save, write
from mock_server.state.state import State
from mock_server.whole_file import check_writable
from tests import plain
from tests.mock_server.hardening.archives import MIB, entry, packed
from tests.mock_server.processes import COMMAND, ended, process
from tests.mock_server.serving import Mock
from tests.mock_server.states import empty

PACK = "/v1/packs/pack_acme_pager"
LONGEST_END_S = 0.15
"""About so long a mock takes from SIGTERM on until it has saved its state and is gone."""


@contextmanager
def serving(
    *options: str, before: Callable[[], None] | None = None, spare: Path | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A mock of its own process, and its URL; `spare` is where it puts what has no place elsewhere."""
    elsewhere = {"TMPDIR": str(spare)} if spare else {}
    with process(*options, before=before, env=os.environ | elsewhere) as running:
        yield running


def refused(*options: str) -> str:
    """The one sentence with which a start is refused."""
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("evershell-mock: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def of_a_kill(path: Path, tokens: Mapping[str, str], moment: random.Random, change: str) -> tuple[bytes, bytes]:
    """A mock that starts from a file, is changed, told to end and killed while it does; the states before and after."""
    before = path.read_bytes()
    with serving("--state", str(path), "--save-state", str(path)) as (running, url):
        mock = Mock(url, "default", tokens)
        assert mock.send("PATCH", PACK, "acme-owner", json={"visibility": change}).status_code == 200
        after = mock.control("GET", "/state").content
        running.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):  # any moment of its end, drawn and not waited for
            running.wait(moment.uniform(0, LONGEST_END_S))
        running.kill()
    return before, after


def kills(path: Path, tokens: Mapping[str, str], times: int) -> set[bool]:
    """What was left each time: the state after the change (True), or the one before it."""
    moment, left = random.Random(times), set()  # noqa: S311 - a moment is no secret
    with serving("--save-state", str(path)) as (running, url):
        files = {"archive": ("pack.tar.gz", packed(*(entry(f"data/{n}", os.urandom(MIB)) for n in range(8))))}
        assert Mock(url, "default", tokens).send("POST", "/v1/packs/upload", "acme-owner", files=files).is_success
        ended(running)
    for number in range(times):
        before, after = of_a_kill(path, tokens, moment, "community" if number % 2 == 0 else "org")
        assert path.read_bytes() in (before, after)
        left.add(path.read_bytes() == after)
    # It can be started from, and what the killed ones had begun goes with the next that is saved.
    with serving("--state", str(path), "--save-state", str(path)) as (running, _):
        assert ended(running)[1] == ""
    assert list(path.parent.iterdir()) == [path]
    return left


def test_a_kill_at_any_moment_leaves_the_state_before_or_after(tmp_path: Path, tokens: dict[str, str]) -> None:
    assert kills(tmp_path / "state.json", tokens, 5)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_hundred_kills_do_and_both_are_met(tmp_path: Path, tokens: dict[str, str]) -> None:
    assert kills(tmp_path / "state.json", tokens, 100) == {True, False}


SAVING = """
import sys
from pathlib import Path
from mock_server.state.portable import save
from mock_server.state.state import State
states = [State(), State().assign_id_of_kind("pack")[0]]
print("saving", flush=True)
while True:
    for state in states:
        save(state, Path(sys.argv[1]))
"""


@pytest.mark.long
def test_a_kill_in_the_middle_of_a_write_leaves_one_of_the_two(tmp_path: Path) -> None:
    """A process that does nothing but save two states in turn, killed fifty times."""
    path = tmp_path / "state.json"
    whole = {write(State()), write(State().assign_id_of_kind("pack")[0])}
    moment = random.Random(50)  # noqa: S311 - as above
    for _ in range(50):
        with subprocess.Popen([sys.executable, "-c", SAVING, str(path)], stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            running.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                running.wait(moment.uniform(0.01, 0.1))
            running.kill()
        assert path.read_bytes() in whole
    save(empty(), path)
    assert list(tmp_path.iterdir()) == [path]


def full() -> None:
    """Let the disk be as good as full: a file may grow to 4 KiB and no further."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_a_full_disk_costs_one_sentence_and_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "states" / "state.json"
    path.parent.mkdir()
    path.write_text("what was there before", encoding="utf-8")
    with serving("--save-state", str(path), before=full, spare=tmp_path) as (running, _):
        code, said = ended(running)
    assert code == 1
    assert said == f"evershell-mock: --save-state {path}: nothing was written: File too large\n"
    assert path.read_text(encoding="utf-8") == "what was there before"
    assert list(path.parent.iterdir()) == [path]
    assert list(tmp_path.iterdir()) == [path.parent]


def test_what_has_no_place_any_more_is_put_by_and_the_sentence_says_where(
    tmp_path: Path, tokens: dict[str, str]
) -> None:
    gone, spare = tmp_path / "gone", tmp_path / "spare"
    gone.mkdir()
    spare.mkdir()
    with serving("--save-state", str(gone / "state.json"), spare=spare) as (running, url):
        mock = Mock(url, "default", tokens)
        assert mock.send("PATCH", PACK, "acme-owner", json={"visibility": "community"}).is_success
        state = mock.control("GET", "/state").content
        gone.rmdir()
        code, said = ended(running)
    [kept] = spare.iterdir()
    assert (code, said.count("\n")) == (1, 1)
    assert said.endswith(f"nothing was written: No such file or directory; the state is in {kept}\n")
    assert kept.read_bytes() == state


def test_where_nothing_may_be_written_nothing_is_served(tmp_path: Path) -> None:
    """Found out by trying: permissions say little to root, and nothing of a file system that is read-only."""
    assert "nothing can be written into /proc" in refused("--save-state", "/proc/state.json")
    for path in (Path("/sys/state.json"), tmp_path / ("x" * 250)):
        with pytest.raises(StartError, match="nothing can be written into"):
            check_writable(path, "--save-state")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes into any directory")
def test_a_read_only_directory_is_refused_at_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        assert "nothing can be written into" in refused("--save-state", str(tmp_path / "state.json"))
    finally:
        tmp_path.chmod(0o755)


def test_a_device_is_no_file(tmp_path: Path) -> None:
    """Neither read without end nor replaced."""
    assert "is no file" in refused("--state", "/dev/zero")
    link = tmp_path / "link"
    link.symlink_to("/dev/zero")
    for path in (Path("/dev/full"), link):
        with pytest.raises(StartError, match="is no file"):
            load(path, reader(), empty())
        with pytest.raises(StartError, match="is a device"):
            check_writable(path, "--save-state")


@cache
def reader() -> StateReader:
    made: StateReader = create_app().context.reader
    return made


@pytest.fixture(scope="module")
def exported(origin: str) -> bytes:
    return plain.get(f"{origin}/_mock/worlds/exported/state").content


def read(path: Path, content: bytes) -> str | None:
    """The sentence with which a file is refused; None where it is a state."""
    path.write_bytes(content)
    try:
        load(path, reader(), empty())
    except StartError as refusal:
        return str(refusal)
    return None


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_with_edited_bytes_is_a_state_or_refused_in_a_sentence(
    exported: bytes, tmp_path: Path, data: st.DataObject
) -> None:
    edited = bytearray(exported)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(edited) - 1))
        edited[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    refusal = read(tmp_path / "edited.json", bytes(edited))
    if refusal is not None:
        assert refusal.startswith("--state ")
        assert "\n" not in refusal
        assert len(refusal) < 1000


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
json_values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=8), scalars, max_size=3)


def places(value: object, depth: int = 5) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document, as deep as its collections' records go."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner if depth else ():
        yield (key,)
        yield from ((key, *rest) for rest in places(below, depth - 1))


@cache
def every_place(exported: bytes) -> st.SearchStrategy[tuple[str | int, ...]]:
    """Any place in an exported state."""
    return st.sampled_from(sorted(places(json.loads(exported)), key=str))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_with_any_value_in_any_place_is_too(exported: bytes, tmp_path: Path, data: st.DataObject) -> None:
    document = json.loads(exported)
    *way, last = data.draw(every_place(exported))
    reduce(operator.getitem, way, document)[last] = data.draw(json_values)
    refusal = read(tmp_path / "edited.json", json.dumps(document).encode())
    assert refusal is None or (refusal.startswith("--state ") and "\n" not in refusal and len(refusal) < 1000)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 4096, b"[" * 100_000, b"null", b"[]", b"{}", b'{"format": "evershell-mock-state/2"}', b"\xff\xfe{}"],
)
def test_what_is_no_state_at_all_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    refusal = read(tmp_path / "none.json", content)
    assert refusal is not None
    assert "\n" not in refusal
