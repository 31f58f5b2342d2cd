"""The control API held against its own contract, both ways."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from mock_server import Settings, control, create_app
from mock_server.control import CONTROL_CONTRACT
from mock_server.operation import Reply
from tests.mock_server.serving import Mock, refusal, served, wrong_fields
from tests.openapi import control_contract
from tests.repo.sources import ROOT

TOKEN = "fake-control-token"
CONTRACT = control_contract()
SETTINGS = Path(__file__).parent / "schemathesis.toml"


def test_it_is_a_valid_document() -> None:
    validate(CONTRACT)


def test_schemathesis_finds_nothing_with_all_its_checks() -> None:
    """On a mock that asks for the control token, so that what ignores it would be found too."""
    with served(create_app(Settings(control_token=TOKEN))) as url:
        command = [
            *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(SETTINGS), "run"),
            *(str(CONTROL_CONTRACT), "--url", f"{url}/_mock", "--header", f"Authorization: Bearer {TOKEN}"),
            *("--checks", "all", "--max-examples", "20", "--seed", "1", "--request-timeout", "60", "--no-color"),
        ]
        named = {"EVERSHELL_MOCK_URL": url, "EVERSHELL_MOCK_CONTROL_TOKEN": TOKEN}
        environment = {**os.environ, **named, "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 0, done.stdout
    generated, passed = re.findall(r"(\d+) generated, (\d+) passed", done.stdout)[0]
    assert generated == passed
    assert int(generated) > 500
    operations = [operation for item in CONTRACT["paths"].values() for operation in item if operation != "parameters"]
    assert f"{len(operations)} selected / {len(operations)} total" in done.stdout
    assert re.search(r"Tested: +(\d+)", done.stdout)[1] == str(len(operations))  # type: ignore[index]


def test_what_comes_in_is_held_against_it(mock: Mock) -> None:
    assert wrong_fields(mock.send("POST", "/_mock/worlds", json={"name": "a b"})).keys() == {"name"}
    assert wrong_fields(mock.control("POST", "/reset?hard=1")).keys() == {"hard"}
    assert refusal(mock.control("PUT", "/clock", data={"mode": "real"})) == (415, "unsupported_media_type")
    assert refusal(mock.control("POST", "/faults", content=b" " * 2**21)) == (413, "payload_too_large")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"status": "fine"}),
        Reply(200, {}),
        Reply(202, {"status": "ok"}),
        Reply(200, b"ok", "text/plain"),
        Reply(200, {"status": object()}),
    ],
)
def test_what_goes_out_is_held_against_it(reply: Reply, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wrong(*_: Any) -> Reply:
        return reply

    handlers = control.find_handlers()
    monkeypatch.setattr(control, "find_handlers", lambda: {**handlers, "health.get": wrong})

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            return await client.get("/_mock/health")

    assert refusal(asyncio.run(ask())) == (500, "contract_breach")
