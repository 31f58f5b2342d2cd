"""A start imports none of the packages that its libraries would use if they were there."""

import importlib
import json
import subprocess
import sys

import pytest

from mock_server.commands.serve import without

NAMES = ("connexion", "flask", "rich", "mcp", "pydantic")
SERVE = f"""
import sys, runpy
sys.argv = ["evershell-mock", "serve", "--contract", "nowhere.yaml", "--port", "0"]
try:
    runpy.run_module("mock_server")
except SystemExit:
    import json
    print(json.dumps([name for name in sys.modules if name.partition(".")[0] in {NAMES}]))
"""


def test_a_start_imports_connexion_and_neither_flask_nor_rich_nor_the_sdk_of_agents() -> None:
    done = subprocess.run([sys.executable, "-c", SERVE], capture_output=True, text=True, check=True, timeout=120)
    assert {name.partition(".")[0] for name in json.loads(done.stdout)} == {"connexion"}


def test_what_was_left_out_can_be_imported_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with without("colorsys", "json"):
        assert importlib.import_module("json") is json, "what is there stays"
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").__name__ == "colorsys"
