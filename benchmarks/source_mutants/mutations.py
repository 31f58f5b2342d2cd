"""The mutants of a server that mutmut's operators make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate

import libcst
from libcst.metadata import CodeRange, MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators

from benchmarks.source_mutants.mutant import Mutant, Place
from benchmarks.source_mutants.servers import Server
from benchmarks.source_mutants.unseen import is_skipped, is_unseen


def list_mutants(server: Server) -> list[Mutant]:
    """Return all mutants of the server, in an order that its source alone decides."""
    texts = {path.as_posix(): (server.folder / path).read_text(encoding="utf-8") for path in server.modules}
    found = (it for module, text in texts.items() for it in _list_mutants_of_module(server.name, module, text))
    return [it for it in found if not server.is_left_out(it.module, it.scope)]


@cache
def _list_mutants_of_module(server: str, module: str, source: str) -> Sequence[Mutant]:
    visitor = _Visitor(server, module, source)
    visitor.wrapper.visit(visitor)
    alike: Counter[str] = Counter()
    found = []
    for it in visitor.found:
        alike[it.digest] += 1
        found.append(replace(it, number=alike[it.digest]))
    return found


class _Visitor(libcst.CSTVisitor):
    """The maker of the mutants of one module."""

    METADATA_DEPENDENCIES = (WhitespaceInclusivePositionProvider,)

    def __init__(self, server: str, module: str, source: str) -> None:
        super().__init__()
        self.wrapper = MetadataWrapper(libcst.parse_module(source))
        self.found: list[Mutant] = []
        self._server, self._module, self._source = server, module, source
        self._lines = source.splitlines(keepends=True)
        self._starts = [0, *accumulate(map(len, self._lines))]
        self._around: list[libcst.CSTNode] = []

    def on_visit(self, node: libcst.CSTNode) -> bool:
        """Make the mutants of a node; say whether those of what is in it are made too."""
        place = Place(node, tuple(self._around))
        if is_skipped(place):
            return False
        span = self.get_metadata(WhitespaceInclusivePositionProvider, node, None)
        if isinstance(span, CodeRange):
            self.found += self._make_mutants(place, span)
        self._around.append(node)
        return True

    def on_leave(self, original_node: libcst.CSTNode) -> None:
        """Forget a node whose parts were all visited."""
        if self._around and self._around[-1] is original_node:
            self._around.pop()

    def _make_mutants(self, place: Place, span: CodeRange) -> Iterator[Mutant]:
        start, end = (
            self._find_offset(span.start.line, span.start.column),
            self._find_offset(span.end.line, span.end.column),
        )
        for kind, operator in mutation_operators:
            if not isinstance(place.node, kind):
                continue
            name = operator.__name__.removeprefix("operator_").replace("_", "-")
            for changed in operator(place.node):
                text = self.wrapper.module.code_for_node(changed)
                before, after = self._change_lines(start, end, text)
                if before != after and not is_unseen(place, name, before, after):
                    diff = "\n".join([*(f"-{it}" for it in before), *(f"+{it}" for it in after)])
                    yield Mutant(self._server, self._module, place.scope, name, diff, start, end, text)

    def _find_offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _change_lines(self, start: int, end: int, text: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return the lines of the span as they are, and as they are with the text in its place; the rest is alike."""
        first = self._source.rfind("\n", 0, start) + 1
        last = self._source.find("\n", max(end, first))
        last = len(self._source) if last < 0 else last
        before = self._source[first:last].split("\n")
        after = (self._source[first:start] + text + self._source[end:last]).split("\n")
        while len(before) > 1 and len(after) > 1 and before[0] == after[0]:
            before, after = before[1:], after[1:]
        while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
            before, after = before[:-1], after[:-1]
        return [it.strip() for it in before], [it.strip() for it in after]
