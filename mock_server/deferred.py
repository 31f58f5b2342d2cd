"""What a library imports at its start, and needs only for what is never asked of it here, imported when it is used.

`importlib.util.LazyLoader` does not serve: it leaves its half-loaded module to the whole program, in which two threads
may then load it at once, and `from module import Name` loads it anyway. Here only the importers that are named get a
stand-in; for everybody else, and in `sys.modules`, there is nothing but the real module, whenever it is imported.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from types import SimpleNamespace
from typing import Any

_LOCK = Lock()  # who puts the import statement back has found it as it was


class Deferred:
    """Stands for a module, or for a name of one: the first use of it imports the real one."""

    __slots__ = ("_module", "_name")

    def __init__(self, module: str, name: str | None) -> None:
        self._module = module
        self._name = name

    def _real(self) -> Any:
        module = import_module(self._module)
        return module if self._name is None else getattr(module, self._name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the real one, such as a class for an object of it."""
        return self._real()(*args, **kwargs)

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[Any, ...]:
        """The real class, where one is derived from it."""
        return (self._real(),)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._real())

    def __subclasscheck__(self, subclass: Any) -> bool:
        return issubclass(subclass, self._real())


@contextmanager
def deferring(imports: Mapping[str, AbstractSet[str]]) -> Iterator[None]:
    """Let these importers (module → what it imports) do without those modules, until they use them.

    What is there already is given as it is. Imports by anybody else, in this thread or in another, are as ever.
    """
    with _LOCK:
        really = builtins.__import__

        def instead(
            name: str,
            globals: Mapping[str, Any] | None = None,  # noqa: A002 - the names of the built-in one
            locals: Mapping[str, Any] | None = None,  # noqa: A002
            fromlist: Sequence[str] | None = (),
            level: int = 0,
        ) -> Any:
            deferred = None if level else imports.get(str((globals or {}).get("__name__")))
            stand_in = _stand_in(name, fromlist or (), deferred) if deferred else None
            return really(name, globals, locals, fromlist or (), level) if stand_in is None else stand_in

        builtins.__import__ = instead
        try:
            yield
        finally:
            builtins.__import__ = really


def _stand_in(name: str, names: Sequence[str], deferred: AbstractSet[str]) -> Any:
    """What an import statement is given in the place of a module; None where that is not deferred."""
    if not names:  # import NAME
        return Deferred(name, None) if _is_absent(name, deferred) else None
    if _is_absent(name, deferred):  # from NAME import ...
        return SimpleNamespace(**{each: Deferred(name, each) for each in names})
    if all(_is_absent(f"{name}.{each}", deferred) for each in names):  # from NAME import MODULE
        return SimpleNamespace(**{each: Deferred(f"{name}.{each}", None) for each in names})
    return None


def _is_absent(module: str, deferred: AbstractSet[str]) -> bool:
    return module in deferred and module not in sys.modules
