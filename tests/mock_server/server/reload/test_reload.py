"""`serve --reload`, as a process of its own whose files change while it serves."""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from mock_server import Mock, in_process
from mock_server.settings import find_own_file
from tests import plain
from tests.waiting import until

PACKAGE = Path(__file__).parents[4] / "mock_server"
WITHIN_S = 120.0


class Served:
    """A mock that follows a copy of the contract, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self._heard = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.origin = self.wait_for(r"serves (http://[\d.]+:\d+)/v1")[1]

    def _read(self) -> None:
        for line in self.process.stdout or ():
            with self._heard:
                self.said.append(line)
                self._heard.notify_all()
        with self._heard:
            self.said.append("(ended)")
            self._heard.notify_all()

    def wait_for(self, pattern: str, *, after: int = 0) -> re.Match[str]:
        """The first of what it says that is so, which must come."""
        found: list[re.Match[str]] = []

        def heard() -> bool:
            found[:] = [match for line in self.said[after:] if (match := re.search(pattern, line))]
            return bool(found) or "(ended)" in self.said

        with self._heard:
            self._heard.wait_for(heard, WITHIN_S)
        assert found, f"{pattern!r} was not said: {self.said}"
        return found[0]

    def change(self, path: Path, old: str, new: str, *, outcome: str = "served from now on") -> str:
        """Replace text of a file; what is said until the outcome of that."""
        before, text = len(self.said), path.read_text(encoding="utf-8")
        assert old in text
        put_whole(path, text.replace(old, new))
        self.wait_for(rf"{re.escape(path.name)} changed.*{outcome}", after=before)
        return "".join(self.said[before:])


def put_whole(path: Path, text: str) -> None:
    """Put a file in its place at once: of one that is being written a part would be read, as another change."""
    half = path.with_name(f".{path.name}")
    half.write_text(text, encoding="utf-8")
    half.replace(path)


@contextmanager
def running(*options: str, folder: Path | None = None) -> Iterator[Served]:
    """A mock with these options, started in a folder, whose words are heard."""
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--log-level", "warning"]
    with subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            yield Served(process)
        finally:
            process.terminate()


def serving(folder: Path, *options: str) -> AbstractContextManager[Served]:
    """A mock that follows the contract in a folder."""
    return running("--reload", "--contract", str(folder / "openapi.yaml"), *options, folder=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout of its own: nobody else changes a file there."""
    shutil.copytree(PACKAGE, tmp_path / "mock_server")
    for name in ("openapi.yaml", "vocabulary.schema.json"):
        shutil.copy(find_own_file(name), tmp_path)
    fixtures = tmp_path / "fixtures"
    fixtures.mkdir()
    (fixtures / "orgs.yaml").write_text("orgs:\n- {id: org_own, name: Own, billing_status: active}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    with serving(folder, "--fixtures", str(folder / "fixtures")) as served:
        yield served


@pytest.fixture
def mock(served: Served) -> Iterator[Mock]:
    with Mock(served.origin) as mock:
        yield mock


def publish(mock: Mock, world: str = "default") -> None:
    answer = mock.world(world).client("acme-owner").patch("/packs/pack_acme_pager", json={"visibility": "community"})
    assert answer.status_code == 200


def visibility(mock: Mock, world: str = "default") -> str:
    seen: str = mock.world(world).client("acme-owner").get("/packs/pack_acme_pager").json()["visibility"]
    return seen


def test_a_change_of_the_contract_takes_effect_and_no_world_is_lost(folder: Path, served: Served, mock: Mock) -> None:
    publish(mock)
    publish(mock, "mine")
    mock.world("mine").snapshot("kept")
    mine = mock.world("mine")
    mine.freeze("2026-06-01T00:00:00Z")
    mine.fault("packs.list", status=401)
    followed = mine.follow(after=0)
    assert next(followed)["id"] == 1
    mine.client("acme-owner").patch("/packs/pack_acme_pager", json={"visibility": "org"})
    contract = folder / "openapi.yaml"
    wanted = "operationId: packs.list\n"
    assert mock.world().client("acme-owner").get("/packs?colour=red").status_code == 400
    extra = "parameters: [{name: colour, in: query, schema: {type: string}}]"
    served.change(contract, wanted, f"{wanted}      {extra}\n")
    assert mock.world().client("acme-owner").get("/packs?colour=red").status_code == 200
    assert visibility(mock) == "community"
    assert visibility(mock, "other") == visibility(mock, "mine") == "org"
    assert mine.clock()["now"] == "2026-06-01T00:00:00Z"
    assert [fault["operation_id"] for fault in mine.faults()] == ["packs.list"]
    assert [entry["id"] for entry in itertools.islice(followed, 2)] == [2, 3], "through the reload, without a gap"
    assert [entry["id"] for entry in mine.journal()] == [3], "what came before the reload is in no journal"
    mine.restore("kept")
    assert visibility(mock, "mine") == "community"
    assert [each["name"] for each in mock.world("mine").snapshots()] == ["kept"]


def test_a_change_of_an_overlay_takes_effect(folder: Path) -> None:
    overlay = folder / "own.overlay.yaml"
    action = "{target: $.info, update: {title: Before}}"
    put_whole(overlay, f"overlay: 1.0.0\ninfo: {{title: Own, version: '1'}}\nactions: [{action}]\n")
    with serving(folder, "--overlay", str(overlay)) as served, Mock(served.origin) as mock:
        assert mock.ask("GET", "/contract")["info"]["title"] == "Before"
        served.change(overlay, "Before", "After")
        assert mock.ask("GET", "/contract")["info"]["title"] == "After"


def test_a_broken_contract_keeps_the_old_one_serving_and_says_why(folder: Path, served: Served, mock: Mock) -> None:
    publish(mock)
    contract = folder / "openapi.yaml"
    with mock.stream("/worlds/default/journal/stream?with_health=true", {}) as lines:
        heard = (json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: "))
        assert next(heard) == {"status": "ok"}
        said = served.change(contract, "paths:", "paths: [", outcome="still served")
        told = next(heard)
    assert re.search(r"evershell-mock: .*openapi\.yaml:\d+:\d+: is not YAML", said)
    assert "Traceback" not in said
    assert told == mock.ask("GET", "/health")
    assert (told["status"], told["refused"]["change"]) == ("ok", "openapi.yaml changed")
    assert re.search(r"openapi\.yaml:\d+:\d+: is not YAML", told["refused"]["problem"])
    assert visibility(mock) == "community"
    said = served.change(contract, "paths: [", "paths:\n  /fly: {get: {responses: {}}}", outcome="still served")
    assert "/fly" in said
    assert visibility(mock) == "community"
    fly = "{operationId: packs.fly, tags: [packs], responses: {'204': {description: It flies.}}}"
    served.change(contract, "/fly: {get: {responses: {}}}", f"/packs/fly: {{get: {fly}}}")
    assert visibility(mock) == "community"
    health = mock.ask("GET", "/health")
    assert ("refused" in health, [each["path"] for each in health["stateless"]]) == (False, ["/packs/fly"])
    assert mock.world().client("acme-owner").get("/packs/fly").status_code == 204, "it is not a pack called fly"


def test_a_change_of_the_fixtures_reaches_worlds_that_were_used(folder: Path, served: Served, mock: Mock) -> None:
    publish(mock)
    orgs = folder / "fixtures" / "orgs.yaml"
    served.change(orgs, "{id: org_own", "{id: org_more, name: More, billing_status: past_due}\n- {id: org_own")
    assert mock.world().state()["orgs"]["org_more"] == {"name": "More", "billing_status": "past_due"}
    assert visibility(mock) == "community"
    before = len(served.said)
    put_whole(
        folder / "fixtures" / "members.yaml",
        "members: [{user_id: usr_more, org_id: org_more, role: owner, email: a@more.example}]",
    )
    served.wait_for(r"members\.yaml changed.*served from now on", after=before)
    with Mock(served.origin) as anew:
        assert anew.world().client("more-owner").get("/me/session").status_code == 200
    served.change(orgs, "past_due", "bankrupt", outcome="still served")


def test_what_no_longer_fits_is_listed_with_its_pointer(folder: Path, served: Served, mock: Mock) -> None:
    publish(mock, "mine")
    contract = folder / "openapi.yaml"
    of_pack = "description: A pack as one caller sees it.\n"
    said = served.change(contract, of_pack, of_pack + "      maxProperties: 3\n")
    assert "the seed data: /packs/pack_02HZ: breaks the contract: " in said
    assert "the world mine: /packs/pack_acme_pager: breaks the contract: " in said
    served.change(contract, "      maxProperties: 3\n", "")
    assert visibility(mock, "mine") == "community"


def test_a_change_of_a_handler_takes_effect_and_a_broken_one_does_not(folder: Path) -> None:
    with serving(folder) as served, Mock(served.origin) as mock:
        publish(mock)
        package = folder / "mock_server"
        handler = package / "resources" / "packs" / "pack_operations.py"
        served.change(package / "operation.py", "of this {collection.key[-1]}.", "of that name.")
        assert "no pack of that name." in mock.world().client("acme-owner").get("/packs/pack_none").text
        said = served.change(handler, "from __future__ import", "from __future__ imp ort", outcome="still served")
        assert "SyntaxError" in said
        assert "no pack of that name." in mock.world().client("acme-owner").get("/packs/pack_none").text
        assert visibility(mock) == "community"


def test_no_request_is_lost_while_it_reloads(folder: Path, served: Served) -> None:
    statuses: list[int] = []
    done = threading.Event()

    def ask_anew() -> None:
        while not done.is_set():
            statuses.append(plain.get(f"{served.origin}/v1/packs", timeout=WITHIN_S).status_code)

    def ask_on_and_on() -> None:
        with plain.Client(base_url=served.origin, timeout=WITHIN_S) as client:
            while not done.is_set():
                statuses.append(client.get("/v1/packs").status_code)

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask) for ask in (ask_anew, ask_on_and_on)]
        try:
            for time_ in range(2):
                served.change(folder / "openapi.yaml", "openapi: 3.0.3", f"# {time_}\nopenapi: 3.0.3")
        finally:
            done.set()
        for each in asking:
            each.result()
    assert set(statuses) == {401}


def test_the_state_of_every_process_is_saved_at_the_end(folder: Path) -> None:
    saved = folder / "saved.json"
    with serving(folder, "--save-state", str(saved)) as served, Mock(served.origin) as mock:
        publish(mock)
        served.change(folder / "openapi.yaml", "openapi: 3.0.3", "# more\nopenapi: 3.0.3")
        assert not saved.exists()
        served.process.terminate()
        assert served.process.wait(WITHIN_S) == 0
    assert '"visibility": "community"' in saved.read_text(encoding="utf-8")


def test_the_state_that_it_started_from_is_not_read_again(folder: Path) -> None:
    state = folder / "state.json"
    with in_process() as mock:
        publish(mock)
        state.write_bytes(mock.world().export())
    with serving(folder, "--state", str(state)) as served, Mock(served.origin) as mock:
        assert visibility(mock) == "community"
        state.unlink()
        mock.world().reset()
        served.change(folder / "openapi.yaml", "openapi: 3.0.3", "# more\nopenapi: 3.0.3")
        assert visibility(mock) == "org"


def children(process: subprocess.Popen[str]) -> list[int]:
    command = ["ps", "-o", "pid=", "--ppid", str(process.pid)]
    return [int(pid) for pid in subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()]


def alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split(")")[1].split()[0] != "Z"
    return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_it(served: Served, how: signal.Signals) -> None:
    [child] = children(served.process)
    served.process.send_signal(how)
    assert served.process.wait(WITHIN_S) == (0 if how != signal.SIGKILL else -how)
    until(lambda: not alive(child), within_s=WITHIN_S)
    served.wait_for(r"^\(ended\)$")
    assert not [line for line in served.said if "Traceback" in line]


def test_a_child_that_ends_by_itself_ends_all(served: Served) -> None:
    [child] = children(served.process)
    os.kill(child, signal.SIGKILL)
    assert served.process.wait(WITHIN_S) == 128 + signal.SIGKILL


def test_a_start_that_fails_is_one_sentence_and_exit_2(folder: Path) -> None:
    (folder / "openapi.yaml").write_text("openapi: [", encoding="utf-8")
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--reload", "--contract", "openapi.yaml"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.fullmatch(r"evershell-mock: openapi\.yaml:\d+:\d+: is not YAML: .*\n", ran.stderr)
