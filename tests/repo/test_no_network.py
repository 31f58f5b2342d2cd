"""Neither program speaks to anybody but whom it was told to: no telemetry, no look for a newer release, no font."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Loaded by every Python process below the one that is started: what would leave loopback is told, and refused.
GUARD = """
import ipaddress, os, socket, sys

def loopback(host):
    if host in (None, "", b"", "localhost", socket.gethostname()):
        return True
    text = (host.decode() if isinstance(host, bytes) else str(host)).partition("%")[0]
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False

def guard(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"):
        address = arguments[1]
        hosts = [address[0]] if isinstance(address, tuple) else []
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        hosts = [arguments[0]]
    else:
        return
    for host in hosts:
        if not loopback(host):
            with open(os.environ["GUARD_TOLD"], "a") as told:
                told.write(f"{event} {host}\\n")
            raise PermissionError(f"{event} {host}: beyond loopback")

sys.addaudithook(guard)
"""


def guarded(folder: Path) -> dict[str, str]:
    """An environment in which nothing leaves loopback, and what would is noted in the file `told`."""
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "PYTHONPATH": str(folder), "GUARD_TOLD": str(folder / "told"), "XDG_STATE_HOME": str(folder)}


def judged(folder: Path, *options: str, before: tuple[str, ...] = ()) -> dict[str, object]:
    """The report of a run against the mock, which the suite starts as its child."""
    report = folder / "report.json"
    suite = (str(Path(sys.executable).with_name("evershell-conformance")), "run", "--target", "mock", "--seed", "1")
    reports = ("--report", f"json={report}", "--report", f"html={folder / 'report.html'}")
    done = subprocess.run(
        [*before, *suite, *reports, *options], env=guarded(folder), text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, object] = json.loads(report.read_bytes())
    return document


def test_the_guard_tells_of_what_it_is_for(tmp_path: Path) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80))"
    done = subprocess.run([sys.executable, "-c", code], env=guarded(tmp_path), capture_output=True, check=False)
    assert done.returncode == 1
    assert "192.0.2.1" in (tmp_path / "told").read_text(encoding="utf-8")


def test_mock_and_suite_reach_for_nothing_beyond_loopback(tmp_path: Path) -> None:
    assert judged(tmp_path, "--clause", "session")["unusable"] is None
    assert not (tmp_path / "told").exists()


@pytest.mark.long
def test_a_whole_run_works_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    """In a namespace that has loopback and nothing else; and nothing was tried."""
    alone = ("unshare", "--user", "--map-root-user", "--net")
    up = ("sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    if shutil.which("unshare") is None or subprocess.run([*alone, *up, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody make a network namespace (unshare --net, ip)")
    report = judged(tmp_path, "--budget", "quick", before=(*alone, *up))
    assert report["verdict"] == "PASSED"
    assert not (tmp_path / "told").exists()
