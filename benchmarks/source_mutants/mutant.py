"""One small change of one module of a server, and the node of its syntax tree, with what that stands in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant: where it is, and what is changed."""

    server: str
    module: str
    """The path inside the package."""
    scope: str
    """The dotted name of the function, method or class that it is in; empty outside all."""
    kind: str
    """The operator that made it."""
    diff: str
    """The lines that it changes: as they were, each after a minus, and as they are, each after a plus."""
    start: int = field(repr=False, compare=False)
    end: int = field(repr=False, compare=False)
    """The places in the module where the change begins and ends, in characters."""
    text: str = field(repr=False, compare=False)
    """The text that stands there instead."""
    number: int = 1
    """The number of the change among those that look the same in its function."""

    @property
    def digest(self) -> str:
        """Return the digest that names the change, wherever in its module the function stands."""
        said = "\0".join((self.server, self.module, self.scope, self.diff))
        again = f"-{self.number}" if self.number > 1 else ""
        return hashlib.sha256(said.encode()).hexdigest()[:12] + again

    @property
    def id(self) -> str:
        """Return the name of the change for people."""
        return f"{self.server}:{self.module.removesuffix('.py')}:{self.scope or 'top'}:{self.digest}"

    def change_source(self, before: str) -> str:
        """Return the module with the change in it."""
        return before[: self.start] + self.text + before[self.end :]
