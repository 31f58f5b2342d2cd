"""Mock servers of others, which are made from a contract: installed beside us at fixed versions, and started here."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks.peers.data import Data
from benchmarks.servers import wait_until_it_answers

FOLDER = Path(__file__).with_name("node")
_MODULES = FOLDER / "node_modules"
_CONTRACT = Path(__file__).parents[2] / "openapi.yaml"
_CHANGED = {"packs.get", "packs.update_visibility"}


def explain_missing() -> str | None:
    """Return why they cannot be measured; None where they can."""
    if shutil.which("npm") is None:
        return "npm, which brings them, is not installed"
    if not (_MODULES / ".ready").exists():
        return "make bench installs them, python -m benchmarks does not"
    return None


def read_versions() -> dict[str, str]:
    """Return the packages that are measured, at which version, and the Node.js that runs them."""
    wanted = json.loads((FOLDER / "package.json").read_bytes())["dependencies"]
    said = subprocess.run([_find_node(), "--version"], capture_output=True, text=True, check=True).stdout
    return {**wanted, "node": said.strip().removeprefix("v")}


def build_document(data: Data) -> dict[str, Any]:
    """Return the contract with the mock's own answers as its examples, and the base path in each path.

    So a server that answers with examples sends the same packs as everybody else.
    """
    contract: dict[str, Any] = yaml.load(_CONTRACT.read_bytes(), Loader=yaml.CSafeLoader)
    one = next(iter(data.packs.values()))
    examples = {"packs.list": {"packs": list(data.packs.values())}} | dict.fromkeys(_CHANGED, one)
    for item in contract["paths"].values():
        for method in ("get", "patch"):
            if (operation := item.get(method, {})).get("operationId") in examples:
                example = examples[operation["operationId"]]
                operation["responses"]["200"]["content"]["application/json"]["example"] = example
    return contract | {
        "servers": [{"url": "/"}],
        "paths": {f"/v1{path}": item for path, item in contract["paths"].items()},
    }


@contextmanager
def serve_prism(file: Path) -> Iterator[str]:
    """Yield the URL of Prism with its log off."""
    port = _find_free_port()
    command = ["node_modules/.bin/prism", "mock", "-v", "error", "-h", "127.0.0.1", "-p", str(port), str(file)]
    with _run_server(command, port) as url:
        yield url


@contextmanager
def serve_scalar(file: Path) -> Iterator[str]:
    """Yield Scalar's mock server, which logs nothing and, without code in the contract, keeps nothing; its URL."""
    port = _find_free_port()
    with _run_server(["scalar.mjs", str(file), str(port)], port) as url:
        yield url


@contextmanager
def _run_server(arguments: list[str], port: int) -> Iterator[str]:
    with subprocess.Popen(
        [_find_node(), *arguments], cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until_it_answers(url := f"http://127.0.0.1:{port}", process)
            yield url
        finally:
            process.terminate()


def _find_node() -> str:
    """Return the Node.js that was installed with them, at a fixed version; the machine's where there is none for it."""
    fixed = sorted(_MODULES.glob("node-linux-*/bin/node"))
    return str(fixed[0]) if fixed and os.access(fixed[0], os.X_OK) else shutil.which("node") or "node"


def _find_free_port() -> int:
    """Return a free port: neither server prints the one that it took, so it is told one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
