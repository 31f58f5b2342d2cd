"""A node of a module's syntax tree, with what it stands in."""

from __future__ import annotations

from dataclasses import dataclass

import libcst


@dataclass(frozen=True, slots=True)
class Place:
    """A node, and those around it, the outermost first."""

    node: libcst.CSTNode
    around: tuple[libcst.CSTNode, ...]

    @property
    def scope(self) -> str:
        """The dotted name of the function or class that it is in; empty outside all."""
        named = (it.name.value for it in self.around if isinstance(it, libcst.FunctionDef | libcst.ClassDef))
        return ".".join(named)

    @property
    def is_at_the_top(self) -> bool:
        """Return whether it is in no function and in no class."""
        return not self.scope
