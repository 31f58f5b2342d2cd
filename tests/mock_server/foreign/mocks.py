"""Mocks of contracts that are not ours, inside this process, and a contract that has what others lack."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from mock_server import Settings, create_app
from mock_server.client.transport import InProcessTransport
from tests.repo.sources import ROOT

CONTRACTS = ROOT / "examples/contracts"


@contextmanager
def asked(contract: Path, **settings: Any) -> Iterator[httpx.Client]:
    """Give a client of a mock of a contract, below the base path of its API."""
    app = create_app(Settings(contract=contract, **settings))
    transport = InProcessTransport(app)
    headers = {"Authorization": "Bearer fake-token-of-alice", "api_key": "fake-token-of-alice"}
    try:
        with httpx.Client(transport=transport, base_url=f"http://localhost{app.context.api.base_path}") as client:
            client.headers.update(headers)
            yield client
    finally:
        transport.stop()


def write_contract(directory: Path, **parts: Any) -> Path:
    """Return a contract of these parts as a file."""
    path = directory / "contract.yaml"
    document = {"openapi": "3.0.3", "info": {"title": "Somebody's", "version": "1"}, **parts}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def answer_of(schema: Mapping[str, Any], status: str = "200") -> dict[str, Any]:
    """Return the responses of an operation that answers with a schema."""
    return {status: {"description": "An answer.", "content": {"application/json": {"schema": dict(schema)}}}}


def body_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of an operation that takes a schema."""
    return {"required": True, "content": {"application/json": {"schema": dict(schema)}}}
