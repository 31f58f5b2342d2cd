"""Worlds that outlive the process which serves them."""

import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from zlib import crc32

import pytest

from mock_server import Mock, MockWorld, Settings, create_app
from mock_server.errors import StartError
from mock_server.server import listen, make_url
from mock_server.server.serving import Serving, do_nothing
from tests import plain
from tests.mock_server.processes import COMMAND, ended, process
from tests.waiting import until

WITHIN_S = 30
ORG = "orgs:\n  - {id: org_more, name: More, billing_status: active}\n"


@contextmanager
def kept(path: Path, settings: Settings | None = None) -> Iterator[Mock]:
    """A mock of this process that keeps its worlds, until it ends in order."""
    serving = Serving(settings or Settings(), "warning", quiet=True, keep_worlds=path)
    app = serving.make_application()
    keeper = serving.make_keeper(app)
    listener = listen("127.0.0.1", 0)
    server = serving.make_server(app, keeper, at_start=do_nothing, at_end=lambda: serving.save(app, keeper))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with Mock(make_url(listener)) as mock:
            yield mock
    finally:
        server.should_exit = True
        thread.join()


def visibility(world: MockWorld) -> str:
    return str(world.client("acme-owner").get("/packs/pack_acme_pager").json()["visibility"])


def publish(world: MockWorld, visible: str = "community") -> None:
    answer = world.client("acme-owner").patch("/packs/pack_acme_pager", json={"visibility": visible})
    assert answer.status_code == 200, answer.text


def made(world: MockWorld) -> str:
    """The id of a new pack."""
    answer = world.client("acme-owner").post("/packs", json={"image_ref": "registry.example.com/team/pack:1.2.0"})
    return str(answer.json()["id"])


def shown(mock: Mock, name: str) -> dict[str, object]:
    return next(each for each in mock.worlds() if each["name"] == name)


def lines(path: Path) -> list[dict[str, object]]:
    whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")  # the last line may be on its way
    return [json.loads(line.partition(" ")[2]) for line in whole.split("\n")]


def changed(content: bytes, old: bytes, new: bytes) -> bytes:
    """The content of a file with something changed wherever it stands, and the checksums of its lines."""
    written = [line.partition(b" ")[2].replace(old, new) for line in content.splitlines()]
    return b"".join(b"%08x %b\n" % (crc32(line), line) for line in written)


def has_kept(path: Path, name: str) -> Callable[[], bool]:
    """Whether the latest line about a world is one of what it is."""

    def holds() -> bool:
        said = [each for each in lines(path) if name in {each.get("name"), each.get("world", {}).get("name")}]  # type: ignore[attr-defined]
        return said[-1]["line"] == "world"

    return holds


def test_an_end_in_order_leaves_every_world_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "worlds"
    with kept(path) as mock:
        shop, other = mock.world("shop"), mock.world("other")
        publish(shop)
        shop.snapshot("published")
        first = made(shop)
        shop.fault("packs.list", status=500, undeclared=True, times=2)
        shop.client("acme-owner").get("/packs")
        shop.freeze("2026-05-01T00:00:00Z")
        issued = shop.issue(persona="acme-owner")["token"]
        shop.revoke(issued)
        other.client("acme-owner").get("/packs")
        mock.create("gone").delete()
        before = {name: mock.world(name).export() for name in ("shop", "other", "default")}
        last = shop.journal()[-1]["id"]
        began = {each["name"]: each["began"] for each in mock.worlds()}
    assert [each.name for each in tmp_path.iterdir()] == ["worlds"]
    assert {each["line"] for each in lines(path)} == {"worlds", "world"}
    with kept(path) as mock:
        shop = mock.world("shop")
        assert {name: mock.world(name).export() for name in before} == before
        assert {each["name"]: each["began"] for each in mock.worlds()} == began
        assert [each["name"] for each in shop.snapshots()] == ["published"]
        assert [each["left"] for each in shop.faults()] == [1]
        shop.clear_faults()
        assert plain.get(f"{shop.url}/packs", headers={"Authorization": f"Bearer {issued}"}).status_code == 401
        assert shop.client("acme-owner").delete(f"/packs/{first}").is_success
        assert made(shop) != first
        resumed = shown(mock, "shop")["resumed"]
        assert isinstance(resumed, dict)
        assert resumed.keys() == {"at", "since"}
        assert shop.journal()[0]["id"] == last + 1, "ids of the journal go on"
        assert visibility(shop) == "community"
        shop.reset()
        shop.restore("published")
        assert visibility(shop) == "community"


def test_what_a_world_is_is_kept_while_the_mock_runs(tmp_path: Path) -> None:
    """The file as a kill would leave it, at one moment after the other."""
    path, left = tmp_path / "worlds", tmp_path / "left"
    with kept(path) as mock:
        shop, calm, brief = mock.world("shop"), mock.world("calm"), mock.world("brief")
        publish(calm)
        publish(shop)
        shop.fault("packs.list", status=500, undeclared=True)
        until(has_kept(path, "calm"))
        until(has_kept(path, "shop"))
        publish(shop, "org")
        publish(brief)
        mock.create("gone").delete()
        left.write_bytes(path.read_bytes() + b'{"line":"wor')
    with kept(left) as mock:
        worlds = {each["name"]: each.get("resumed", {}) for each in mock.worlds()}
        assert worlds.keys() == {"default", "shop", "calm"}, "what was never kept begins anew"
        assert {name for name, each in worlds.items() if "changes_lost" in each} == {"shop"}
        assert all(each["journal_lost"] == each["at"] for each in worlds.values())
        names = ("shop", "calm", "brief")
        assert [visibility(mock.world(name)) for name in names] == ["community", "community", "org"]
        assert [each["left"] for each in mock.world("shop").faults()] == [1]
        assert mock.world("calm").journal()[0]["id"] == 2, "ids of the journal go on"
        known = shown(mock, "shop")["resumed"]
    with kept(left) as mock:
        resumed = shown(mock, "shop")["resumed"]
        assert isinstance(known, dict)
        assert isinstance(resumed, dict)
        assert resumed["changes_lost"] == known["changes_lost"], "an end in order forgets nothing"
        assert resumed["at"] > known["at"]


def test_a_killed_mock_loses_what_was_changed_last(tmp_path: Path) -> None:
    path = tmp_path / "worlds"
    with process("--keep-worlds", str(path)) as (running, url), Mock(url) as mock:
        publish(mock.world("shop"))
        until(has_kept(path, "shop"))
        publish(mock.world("late"))
        ended(running, signal.SIGKILL)
    with process("--keep-worlds", str(path)) as (running, url), Mock(url) as mock:
        assert [visibility(mock.world(name)) for name in ("shop", "late")] == ["community", "org"]
        second = subprocess.run([*COMMAND, "--keep-worlds", str(path)], capture_output=True, text=True, check=False)
        assert (second.returncode, second.stdout) == (2, "")
        assert second.stderr == (
            f"evershell-mock: --keep-worlds {path}: another mock that runs keeps its worlds there; "
            "end it, or name another file\n"
        )
        assert ended(running, signal.SIGTERM) == (-signal.SIGTERM, "")


def test_the_file_is_written_anew_when_most_of_it_is_outdated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.server.keeping.kept_file.MOST_ADDED", 0)
    monkeypatch.setattr("mock_server.server.keeping.keeper.AFTER_S", 0.1)
    path, left = tmp_path / "worlds", tmp_path / "left"
    with kept(path) as mock:
        shop = mock.world("shop")
        for visible in ("community", "org", "community"):
            publish(shop, visible)
            until(has_kept(path, "shop"))
        monkeypatch.setattr("mock_server.server.keeping.keeper.AFTER_S", 3600)
        publish(mock.world("late"))
        publish(shop, "org")
        whole = [each["line"] for each in lines(path)].count("world")
        left.write_bytes(path.read_bytes())
    assert whole < 4
    with kept(left) as mock:
        assert {each["name"] for each in mock.worlds()} == {"default", "shop"}
        assert visibility(mock.world("shop")) == "community"
        lost = {each["name"] for each in mock.worlds() if "changes_lost" in each["resumed"]}
        assert lost == {"shop"}


def test_what_no_longer_fits_stays_beside_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "worlds"
    with kept(path) as mock:
        publish(mock.world("shop"))
    text = path.read_text(encoding="utf-8")
    path.write_bytes(changed(text.encode(), b'"visibility":"community"', b'"visibility":7'))
    capsys.readouterr()
    with kept(path) as mock:
        said = capsys.readouterr().err
        assert "the world shop: /packs/pack_acme_pager/visibility: is left out" in said
        [aside] = [each for each in tmp_path.iterdir() if each != path and not each.name.endswith(".part")]
        assert f"what is left out above is still in {aside}\n" in said
        assert '"visibility":7' in aside.read_text(encoding="utf-8")
        assert mock.world("shop").client("acme-owner").get("/packs/pack_acme_pager").status_code == 404


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What an end in order leaves."""
    path = tmp_path_factory.mktemp("kept") / "worlds"
    with kept(path) as mock:
        publish(mock.world("shop"))
    return path.read_bytes()


Spoil = Callable[[bytes], bytes]
WRONG: dict[str, tuple[Spoil, str]] = {
    "another file": (lambda _: b'{"orgs": {}}\n', "line 1: is not of a file of worlds"),
    "another line first": (lambda whole: whole.split(b"\n", 1)[1], "line 1: is not the first of a file of worlds"),
    "a newer format": (lambda whole: changed(whole, b'"format":3', b'"format":9'), "line 1: is of format 9"),
    "a cut line": (lambda whole: whole[:-100], "line 3: is cut"),
    "a missing line": (lambda whole: whole.rstrip().rsplit(b"\n", 1)[0] + b"\n", "it has 1 worlds of 2"),
    "a missing member": (lambda whole: changed(whole, b'"requests":', b'"asked":'), "line 2: Object missing required"),
    "no text": (lambda whole: changed(whole, b"shop", b"sh\xffp"), "line 3: "),
    "a flipped bit": (
        lambda whole: whole.replace(b"community", b"communitx"),
        "line 3: its checksum",
    ),
    "a flipped bit at the end": (
        lambda whole: whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:],
        "line 3: its checksum",
    ),
    "a second first line": (lambda whole: whole + whole, "line 4: is a second first line"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_cannot_be_read_is_left_as_it_is(name: str, whole: bytes, tmp_path: Path) -> None:
    spoil, said = WRONG[name]
    path = tmp_path / "worlds"
    path.write_bytes(spoil(whole))
    before = path.read_bytes()
    app = create_app()
    with pytest.raises(StartError) as refused:
        Serving(Settings(), keep_worlds=path).make_keeper(app)
    assert str(refused.value).startswith(f"--keep-worlds {path}: ")
    assert said in str(refused.value)
    assert ("left as it is" in str(refused.value)) or ("name another file" in str(refused.value))
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_written_is_refused_and_an_empty_one_is_begun(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="is a directory"):
        Serving(Settings(), keep_worlds=tmp_path).make_application()
    path = tmp_path / "worlds"
    path.touch()
    with kept(path) as mock:
        publish(mock.world())
    assert '"visibility":"community"' in path.read_text(encoding="utf-8")


def test_worlds_that_were_not_touched_follow_other_seed_data(tmp_path: Path) -> None:
    path, laid = tmp_path / "worlds", tmp_path / "laid"
    with kept(path) as mock:
        publish(mock.world("shop"))
    laid.mkdir()
    (laid / "orgs.yaml").write_text(ORG, encoding="utf-8")
    with kept(path, Settings(fixtures=(laid,))) as mock:
        assert visibility(mock.world("shop")) == "community"
        assert "org_more" in mock.world("shop").state()["orgs"]


def test_where_there_is_no_room_at_the_end_the_worlds_are_put_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, spare = tmp_path / "gone", tmp_path / "spare"
    folder.mkdir()
    spare.mkdir()
    monkeypatch.setenv("TMPDIR", str(spare))
    path = folder / "worlds"
    with process("--keep-worlds", str(path)) as (running, url), Mock(url) as mock:
        publish(mock.world("shop"))
        path.unlink()
        folder.rmdir()
        code, said = ended(running, signal.SIGTERM)
    [put_by] = spare.iterdir()
    assert code == 1
    assert said.endswith(
        f"--keep-worlds {path}: nothing was written: No such file or directory; the worlds are in {put_by}\n"
    )
    with kept(put_by) as mock:
        assert visibility(mock.world("shop")) == "community"


def test_while_it_ends_it_answers_and_says_that_the_connection_closes(tmp_path: Path) -> None:
    path = tmp_path / "worlds"
    with process("--keep-worlds", str(path)) as (running, url), closing(HTTPConnection(url[7:])) as client:
        client.connect()
        opened = client.sock
        running.send_signal(signal.SIGTERM)
        last: HTTPResponse | None = None
        while last is None or not last.will_close:
            client.request("GET", "/_worlds/shop/v1/packs")
            last = client.getresponse()
            last.read()
            assert client.sock in {opened, None}, "all that was asked was answered on one connection"
        assert last.getheader("Connection") == "close"
        assert running.wait(WITHIN_S) == -signal.SIGTERM
    said = [each["world"] for each in lines(path) if each["line"] == "world"]
    assert {each["name"] for each in said} == {"default", "shop"}  # type: ignore[index]


def test_what_reloads_keeps_its_worlds_too(tmp_path: Path) -> None:
    path, folder = tmp_path / "worlds", tmp_path / "laid"
    folder.mkdir()
    laid = folder / "orgs.yaml"
    laid.write_text(ORG.replace("more", "else"), encoding="utf-8")
    options = ("--reload", "--fixtures", str(folder), "--keep-worlds", str(path))
    with process(*options) as (running, url), Mock(url) as mock:
        publish(mock.world("shop"))
        laid.write_text(ORG, encoding="utf-8")
        until(lambda: "org_more" in mock.world("shop").state()["orgs"])
        publish(mock.world("later"))
        assert ended(running, signal.SIGTERM)[0] == 0
    with kept(path, Settings(fixtures=(folder,))) as mock:
        assert [visibility(mock.world(name)) for name in ("shop", "later")] == ["community"] * 2
