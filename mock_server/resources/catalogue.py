"""The operations and the collections that the modules of the product declare, and the collections of a contract."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from mock_server import resources
from mock_server.access import credentials
from mock_server.declared.declarations import read_declarations
from mock_server.operation import Content, Handler
from mock_server.state.collection import Collection


def list_own_modules() -> Iterable[ModuleType]:
    """Return the modules that declare operations and collections."""
    yield credentials
    for module in pkgutil.walk_packages(resources.__path__, f"{resources.__name__}."):
        yield importlib.import_module(module.name)


def find_handlers(modules: Iterable[ModuleType] | None = None) -> Mapping[str, Handler]:
    """Return the handler of each operation of these modules, or of the own ones; TypeError for two of one operation."""
    return _find_marked(modules, "serves", "operation {!r} has two functions")


def find_contents(modules: Iterable[ModuleType] | None = None) -> Mapping[str, Content]:
    """Return what these modules, or the own ones, ask of the content of resources beside what is declared."""
    return _find_marked(modules, "judges", "the content of {!r} has two functions")


def _find_marked(modules: Iterable[ModuleType] | None, mark: str, twice: str) -> dict[str, Any]:
    """Return what a decorator has marked functions of these modules with, by name; TypeError for two of one name."""
    found: dict[str, Any] = {}
    for module in list_own_modules() if modules is None else modules:
        for value in vars(module).values():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__ and hasattr(value, mark):
                name, marked = getattr(value, mark)
                if found.setdefault(name, marked) is not marked:
                    raise TypeError(twice.format(name))
    return found


def list_collections(modules: Iterable[ModuleType] | None = None) -> tuple[Collection[Any], ...]:
    """Return the collections of these modules, or of the own ones."""
    found = [value for module in modules or list_own_modules() for value in vars(module).values()]
    return tuple(dict.fromkeys(value for value in found if isinstance(value, Collection)))


def find_collections(document: Mapping[str, Any]) -> tuple[Collection[Any], ...]:
    """Return the own collections, and those of resources that a contract declares beside them."""
    own = list_collections()
    return (*own, *read_declarations(document, own).own)
