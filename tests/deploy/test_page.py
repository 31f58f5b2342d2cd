"""The page on several nodes, and the files of `deploy/`: the commands are understood, the configuration is valid."""

import re
import shlex
import subprocess
from configparser import ConfigParser

import click
import pytest
import yaml

from mock_server.cli import main
from tests.deploy.front import CONFIGURATION, NAMES, haproxy

DEPLOY = CONFIGURATION.parent
PAGE = (DEPLOY.parent / "docs" / "scale.md").read_text(encoding="utf-8")
LINES = [
    line for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) for line in block.splitlines()
]


def unit() -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # names of systemd have capitals
    read.read(DEPLOY / "evershell-mock@.service", encoding="utf-8")
    return read


def of_containers() -> list[str]:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return ["evershell-mock serve " + shlex.join(services[name]["command"]) for name in NAMES]


def understood(line: str) -> None:
    """Check that our command takes a line: its subcommands and its options."""
    command: click.Command = main
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None, line
        command = found
        if not words or words[0].startswith("-"):
            break
    command.make_context("evershell-mock", words)


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("evershell-mock")])
def test_each_command_of_the_page_is_understood(line: str) -> None:
    understood(line)


def test_nodes_are_started_so_everywhere() -> None:
    service = unit()["Service"]
    started = service["ExecStart"].replace("%i", "11").replace("${STATE_DIRECTORY}", "worlds")
    for line in (started, *of_containers()):
        understood(line)
        assert {"--port", "--node", "--keep-worlds"} <= set(shlex.split(line))
    assert service["KillSignal"] == "SIGTERM"


@pytest.mark.needs_haproxy
def test_the_configuration_is_valid_as_it_is() -> None:
    checked = subprocess.run(
        [str(haproxy()), "-c", "-f", str(CONFIGURATION)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert "haproxy -f deploy/haproxy.cfg" in LINES


def test_each_node_stands_in_the_lists_of_names() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    servers = tuple(re.findall(r"^  server (\S+) ", text, re.MULTILINE))
    assert servers == NAMES
    assert '{"nodes":["n1","n2"]}' in text
    assert f"acl known_node path,field(3,/) -m str {' '.join(servers)}\n" in text
