"""A machine that stopped: what was written last may be lost, or torn, and every world says so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.hardening.power import survive
from mock_server import Settings, create_app
from mock_server.errors import StartError
from mock_server.server.serving import Serving
from tests.mock_server.server.keeping.test_keep_worlds import changed, has_kept, kept, publish, shown, visibility
from tests.waiting import until

Loss = Callable[[list[bytes], int], list[bytes]]
"""What is left of the lines of a file, of which one says what the world shop was at last."""


def torn(line: bytes) -> bytes:
    return line[:100] + bytes(len(line) - 100)


LOSSES: dict[str, Loss] = {
    "nothing": lambda lines, _: lines,
    "its last lines": lambda lines, at: lines[:at],
    "half of the last line": lambda lines, at: [*lines[:at], lines[at][:100]],
    "a line before others": lambda lines, at: [*lines[:at], bytes(len(lines[at])), *lines[at + 1 :]],
    "half of a line before others": lambda lines, at: [*lines[:at], torn(lines[at]), *lines[at + 1 :]],
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """What a mock has written that did not end: of the world shop twice, of the world calm once before."""
    path = tmp_path_factory.mktemp("running") / "worlds"
    with kept(path) as mock:
        publish(mock.world("calm"))
        publish(mock.world("shop"))
        until(has_kept(path, "shop"))
        publish(mock.world("shop"), "org")
        until(has_kept(path, "shop"))
        mock.world("later").client("acme-owner").get("/packs")
        until(has_kept(path, "later"))
        return path.read_bytes().splitlines(keepends=True)


def of_another_start(lines: list[bytes]) -> list[bytes]:
    """The lines as if the machine had been started again since."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    assert any(boot in each for each in lines)
    return changed(b"".join(lines), boot, b"another").splitlines(keepends=True)


def last_of_shop(lines: list[bytes]) -> int:
    return max(at for at, each in enumerate(lines) if b'"line":"world"' in each and b'"name":"shop"' in each)


@pytest.mark.parametrize("loss", LOSSES)
def test_whatever_a_machine_that_stopped_has_lost_each_world_says_that_it_may_have(
    loss: str, lines: list[bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "worlds"
    path.write_bytes(b"".join(LOSSES[loss](of_another_start(lines), last_of_shop(lines))))
    with kept(path) as mock:
        names = [each["name"] for each in mock.worlds()]
        assert {"default", "calm", "shop"} <= {*names}
        assert all("changes_lost" in shown(mock, name)["resumed"] for name in names if name != "default")  # type: ignore[operator]
        assert visibility(mock.world("calm")) == "community"
        assert visibility(mock.world("shop")) == ("org" if loss == "nothing" else "community")
    said = capsys.readouterr().err
    assert ("torn when the machine stopped" in said) == ("before others" in loss)


@pytest.mark.parametrize("loss", [each for each in LOSSES if "before others" in each])
def test_what_no_kill_leaves_is_refused_while_the_machine_is_the_same(
    loss: str, lines: list[bytes], tmp_path: Path
) -> None:
    path = tmp_path / "worlds"
    path.write_bytes(b"".join(LOSSES[loss](lines, last_of_shop(lines))))
    with pytest.raises(StartError, match=f"line {last_of_shop(lines) + 1}: its checksum"):
        Serving(Settings(), keep_worlds=path).make_keeper(create_app())


@pytest.mark.long
def test_no_state_that_the_writes_of_a_mock_allow_is_taken_for_another_one() -> None:
    survived = survive(100, seed=1)
    assert survived.states > 100
    assert survived.findings == ()
