"""Modules that are imported when they are used, for the importers that are named, and for nobody else."""

import builtins
import importlib
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from mock_server.deferred import deferring

HEAVY = """
import heavy_loads
heavy_loads.COUNT += 1
VALUE = 42

class Base:
    KIND = "a base"

    def __init__(self, name="base"):
        self.name = name
"""
LIGHT = """
import heavy
import heavy_box
from heavy import Base, VALUE
from heavy_box import inner

def value():
    return heavy.VALUE

def made(name):
    return Base(name)

def derived():
    class Derived(Base):
        pass
    return Derived

def is_one(thing):
    return isinstance(thing, Base), issubclass(type(thing), Base)

def from_inner():
    return inner.NAME
"""
MODULES = {
    "heavy.py": HEAVY,
    "heavy_loads.py": "COUNT = 0",
    "heavy_box/__init__.py": "",
    "heavy_box/inner.py": "NAME = 'inner'",
    "light.py": LIGHT,
    "other.py": "import heavy",
    "failing.py": "import heavy\nraise RuntimeError",
}
DEFERRED = {"light": {"heavy", "heavy_box.inner"}, "failing": {"heavy"}}


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, source in MODULES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield
    for name in MODULES:
        sys.modules.pop(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."), None)


def light() -> ModuleType:
    with deferring(DEFERRED):
        return importlib.import_module("light")


def test_it_is_not_imported_before_it_is_used_and_nobody_else_sees_a_stand_in() -> None:
    deferred = light()
    assert not {"heavy", "heavy_box.inner"} & sys.modules.keys()
    assert "heavy_box" in sys.modules  # that one was not named
    assert deferred.value() == 42
    assert sys.modules["heavy"] is importlib.import_module("heavy")
    assert type(sys.modules["heavy"]) is ModuleType


@pytest.mark.parametrize(
    ("use", "what"),
    [
        (lambda module: module.made("it").name, "it"),
        (lambda module: module.derived()("it").name, "it"),
        (lambda module: module.derived().__mro__[1].__module__, "heavy"),
        (lambda module: module.is_one(module.made("it")), (True, True)),
        (lambda module: module.is_one(3), (False, False)),
        (lambda module: module.from_inner(), "inner"),
        (lambda module: module.Base.KIND, "a base"),
    ],
    ids=["called", "derived from", "base", "instance", "no instance", "module of a package", "looked into"],
)
def test_what_is_used_is_as_the_real_one(use: Callable[[ModuleType], object], what: object) -> None:
    assert use(light()) == what


def test_others_import_the_real_module_meanwhile() -> None:
    with deferring(DEFERRED):
        light = importlib.import_module("light")
        other = importlib.import_module("other")
    assert type(other.heavy) is ModuleType
    assert type(light.heavy) is not ModuleType


def test_what_is_there_already_is_given_as_it_is() -> None:
    heavy = importlib.import_module("heavy")
    assert light().heavy is heavy
    assert light().Base is heavy.Base


def test_what_it_does_not_have_is_missing_as_ever() -> None:
    with pytest.raises(AttributeError, match="NOTHING"):
        _ = light().heavy.NOTHING


def test_threads_that_use_it_at_once_import_it_once() -> None:
    deferred = light()
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: deferred.value(), range(64))) == {42}
    assert sys.modules["heavy_loads"].COUNT == 1


def test_the_import_statement_is_put_back_however_the_import_ends() -> None:
    before = builtins.__import__
    light()
    assert builtins.__import__ is before
    with pytest.raises(RuntimeError), deferring(DEFERRED):
        importlib.import_module("failing")
    assert builtins.__import__ is before
