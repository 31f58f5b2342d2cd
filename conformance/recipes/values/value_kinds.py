"""Kinds of values that a field may have, by its schema, its format, and what is easily spoilt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from random import Random
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation, resolve
from conformance.contract.routing import cache_by_contract
from conformance.contract.schemas import Schemas, get_schemas
from conformance.oracle.bodies import set_by_server
from conformance.recipes.boundaries import draw_inside
from conformance.recipes.draw import derive_seed
from conformance.recipes.values.grammars import GRAMMARS, Branch, Grammar
from conformance.recipes.values.hard_values import (
    CONTENTS,
    SEVERAL,
    TEXTS,
    WITH_NUL,
    draw_bytes_about,
    draw_text,
    draw_text_about,
    make_text_of_several,
)

ROUNDS = 3
"""The number of runs with successive seeds that meet every kind of a field."""
DRAWS = 6
"""A value of a kind is drawn so often until one fits; a kind of which none does is none of the field."""
LONGEST, LARGEST, MOST_ITEMS = 2**16 + 1, 2**16 + 1, 64
"""The limits where a schema has none: of characters, bytes and items."""
ALWAYS = frozenset({"empty", "blanks-at-the-ends"})
"""The kinds of texts that every run meets."""
SHORTEST = 16
"""The number of characters that a text in a list may have, however many others there are."""
LEAST_POWER, GREATEST_POWER = 3, 32
HALF = 0.5
"""A grammar of whose branches fewer fit a pattern is not the grammar of that."""
MOST_SCHEMAS = 512
_LIMITS = 7
"""The seed of values drawn from a pattern: which they are says nothing, so they are the same in each run."""

Make = Callable[[Random, int], Any]


@dataclass(frozen=True, slots=True)
class ValueKind:
    """One kind of the values that a field may have."""

    name: str
    make: Make
    """The function that makes one of a source of chance and the number of characters that its texts may have."""
    may_be_refused: bool = False
    """Whether the contract lets a target refuse it."""
    is_always_sent: bool = False
    """Whether every run meets it."""
    is_limit: bool = False
    """Whether it is as long, as short, as much or as little as the schema allows, or one that it enumerates."""
    is_member: bool = False
    """Whether it is one that the schema enumerates."""

    def __str__(self) -> str:
        return self.name


def find_kinds_of_field(contract: Contract, operation: Operation, field: str) -> tuple[ValueKind, ...]:
    """Return the kinds of values that a field of an operation's body may have; none where it has no such field."""
    found = next(_find_schemas(operation, field), None)
    if found is None or operation.body is None:
        return ()
    examples = [each[field] for media in operation.body.examples.values() for each in media if field in each]
    return list_kinds_of_schema(contract, found, examples)


def list_kinds_of_schema(contract: Contract, schema: JsonObject, examples: Iterable[Any] = ()) -> tuple[ValueKind, ...]:
    """Return the kinds of values that a schema allows."""
    return _find_kinds(
        contract, _Written(resolve(contract.document, schema), tuple(map(repr, examples)), tuple(examples))
    )


def list_kinds_of_bytes(most: int = LARGEST) -> tuple[ValueKind, ...]:
    """Return the kinds of bytes that a file may have, up to a size."""
    sizes = (
        ValueKind(f"size-{power}", partial(_call_with, partial(draw_bytes_about, power)))
        for power in _list_powers(0, most)
    )
    return (*(ValueKind(name, partial(_call_with, make)) for name, make in CONTENTS.items()), *sizes)


def list_kinds_of_grammar(grammar: Grammar) -> tuple[ValueKind, ...]:
    """Return the kinds of texts that a grammar has, one for each branch."""
    return tuple(
        ValueKind(str(each), partial(_call_with, partial(_draw_from_grammar, grammar, each)))
        for each in grammar.branches
    )


def with_value(body: Mapping[str, Any], field: str, kind: ValueKind, random: Random) -> dict[str, Any]:
    """Return a JSON body with a value of the kind in a field; the keys of an object are put beside those there."""
    return {**body, field: replace_value(body.get(field), kind.make(random, LONGEST))}


def replace_value(before: Any, value: Any) -> Any:
    """Return a value in the place of another one, of which an object keeps what else it has."""
    return {**before, **value} if isinstance(before, Mapping) and isinstance(value, Mapping) else value


def deal(kinds: Sequence[ValueKind], seed: int, place: int = 0, *, in_full: bool = False) -> list[ValueKind]:
    """Return the kinds that a run with this seed is to meet: a third of them, another third with the next seed.

    `place`: that of the field among others; three that stand beside each other have each kind in one run.
    """
    turn = seed + place
    return [
        each for each in kinds if in_full or each.is_always_sent or (derive_seed(0, each.name) + turn) % ROUNDS == 0
    ]


def list_fields(operation: Operation) -> tuple[str, ...]:
    """Return the fields of an operation's body that callers set."""
    schemas = operation.body.schemas.values() if operation.body else ()
    names = (name for each in schemas for name in each.get("properties", {}) if name not in set_by_server(each))
    return tuple(dict.fromkeys(names))


def _find_schemas(operation: Operation, field: str) -> Iterator[JsonObject]:
    schemas = operation.body.schemas.values() if operation.body else ()
    return (each["properties"][field] for each in schemas if field in each.get("properties", {}))


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    """A schema with the examples of what it is for, as the key of a cache."""

    schema: JsonObject
    shown: tuple[str, ...]
    examples: tuple[Any, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Written) and self.schema is other.schema and self.shown == other.shown

    def __hash__(self) -> int:
        return hash((id(self.schema), self.shown))


@cache_by_contract(MOST_SCHEMAS)
def _find_kinds(contract: Contract, written: _Written) -> tuple[ValueKind, ...]:
    allowed = _Allowed(get_schemas(contract), written.schema)
    found = (allowed.offer(kind) for kind in _list_possible(contract, written))
    return tuple({kind.name: kind for kind in found if kind is not None}.values())


@dataclass(frozen=True, slots=True)
class _Allowed:
    """The kinds of values that a schema allows."""

    schemas: Schemas
    schema: JsonObject

    def offer(self, kind: ValueKind) -> ValueKind | None:
        """Return the kind with values alone that the schema allows; None where none was drawn that it does."""
        if not any(self._fits(kind.make(_make_random(turn), self._find_room(LONGEST))) for turn in range(DRAWS)):
            return None
        return replace(kind, make=partial(self._make, kind))

    def _make(self, kind: ValueKind, random: Random, most: int) -> Any:
        drawn = (kind.make(random, self._find_room(most)) for _ in range(DRAWS))
        sure = (kind.make(_make_random(turn), self._find_room(LONGEST)) for turn in range(DRAWS))
        return next(value for value in chain(drawn, sure) if self._fits(value))

    def _fits(self, value: Any) -> bool:
        return isinstance(value, bytes) or self.schemas.fits(self.schema, value)

    def _find_room(self, most: int) -> int:
        return min(most, int(self.schema.get("maxLength", most)))


def _make_random(turn: int) -> Random:
    return Random(turn)  # noqa: S311  # reproducible, not secret


def _list_possible(contract: Contract, written: _Written) -> Iterator[ValueKind]:
    """Yield kinds that suit the type of a schema, whether it allows them or not."""
    schema = written.schema
    members = [member for member in schema.get("enum", ()) if member is not None]  # what a null does is left free
    if members:
        for member in members:
            yield _make_constant(str(member) or "empty", member, is_limit=True, is_member=True)
        return
    kinds = schema.get("type", "" if not schema else "object")
    kind = next((each for each in kinds if each != "null"), "") if isinstance(kinds, list) else kinds
    if kind == "string" and schema.get("format") == "binary":
        kind = "binary"
    if kind in _OF_TYPE:
        yield from _OF_TYPE[kind](contract, written)


def _make_constant(name: str, value: Any, *, is_limit: bool = False, is_member: bool = False) -> ValueKind:
    return ValueKind(name, lambda _random, _most: value, is_limit=is_limit, is_member=is_member)


def _list_bytes(_contract: Contract, written: _Written) -> Iterator[ValueKind]:
    yield from list_kinds_of_bytes(int(written.schema.get("maxLength", LARGEST)))


def _call_with(make: Callable[[Random], Any], random: Random, _most: int) -> Any:
    return make(random)


def _list_texts(contract: Contract, written: _Written) -> Iterator[ValueKind]:
    schema, fits = written.schema, partial(get_schemas(contract).fits, written.schema)
    limits = draw_inside(schema, list(written.examples), _LIMITS, fits)
    measured = "pattern" not in schema  # else they are texts that a pattern has
    yield from (_make_constant(f"limit-{at}", value, is_limit=measured) for at, value in enumerate(limits, 1))
    if schema.get("writeOnly"):  # of a text that others have too nobody can say that it was shown
        return
    if grammar := find_grammar(schema, fits):
        yield from list_kinds_of_grammar(grammar)
    if "pattern" in schema or schema.get("format"):
        return
    shortest = "minLength" not in schema  # then the empty text is
    for name in TEXTS:
        yield ValueKind(
            name, partial(draw_text, name), is_always_sent=name in ALWAYS, is_limit=shortest and name == "empty"
        )
    for name in SEVERAL:
        yield ValueKind(name, partial(make_text_of_several, name), is_always_sent=True)
    yield ValueKind("nul", lambda _random, _most: WITH_NUL, may_be_refused=True)
    for power in _list_powers(int(schema.get("minLength", 0)), int(schema.get("maxLength", LONGEST))):
        yield ValueKind(f"length-{power}", partial(draw_text_about, power))


def _draw_from_grammar(grammar: Grammar, branch: Branch, random: Random) -> str:
    return grammar.draw(random, branch)[0]


def _list_powers(least: int, most: int) -> Iterator[int]:
    """Yield the powers of two up to a length."""
    yield from (2**power for power in range(LEAST_POWER, GREATEST_POWER) if least <= 2**power <= most)


def find_grammar(schema: JsonObject, fits: Callable[[Any], bool]) -> Grammar | None:
    """Return the grammar of the format of a schema's texts: that which it names, else the one that fits its pattern."""
    if (named := schema.get("format")) is not None:
        return next((each for each in GRAMMARS if each.format == named), None)
    if "pattern" not in schema:
        return None
    shares = [(_share(each, fits), each) for each in GRAMMARS]
    share, best = max(shares, key=lambda each: each[0])  # of several the first
    return best if share >= HALF else None


def _share(grammar: Grammar, fits: Callable[[Any], bool]) -> float:
    """Return the share of the branches of a grammar by which it has texts that fit."""
    fitting = [
        each for each in grammar.branches if any(fits(_draw_sample(grammar, each, turn)) for turn in range(DRAWS))
    ]
    return len(fitting) / len(grammar.branches)


@cache
def _draw_sample(grammar: Grammar, branch: Branch, turn: int) -> str:
    """Return a text of a branch that is the same each time."""
    return _draw_from_grammar(grammar, branch, _make_random(turn))


def _list_booleans(_contract: Contract, _written: _Written) -> Iterator[ValueKind]:
    yield from (_make_constant(str(value).lower(), value) for value in (True, False))


def _list_integers(_contract: Contract, written: _Written) -> Iterator[ValueKind]:
    least, most = (int(written.schema.get(name, usual)) for name, usual in BOUNDS.items())
    at = {"least": least, "next-to-least": least + 1, "most": most, "next-to-most": most - 1, "zero": 0, "negative": -1}
    limited = {name for name, keyword in (("least", "minimum"), ("most", "maximum")) if keyword in written.schema}
    yield from (_make_constant(name, value, is_limit=name in limited) for name, value in at.items())
    for power in _list_powers(0, most):
        yield ValueKind(f"about-{power}", partial(_call_with, partial(_draw_about, power)))


def _draw_about(power: int, random: Random) -> int:
    return random.choice((power - 1, power, power + 1))


def _list_fractions(contract: Contract, written: _Written) -> Iterator[ValueKind]:
    yield from _list_integers(contract, written)
    yield from (_make_constant(f"fraction-{at}", value) for at, value in enumerate(FRACTIONS, 1))


BOUNDS: Mapping[str, int] = {"minimum": -(2**31), "maximum": 2**31 - 1}
"""Between these a number is where its schema does not say it."""
FRACTIONS = (0.1, 0.5, 1e-7, 1234567.891)
COUNTS: Mapping[str, int] = {"none": 0, "one": 1, "three": 3, "five": 5, "six": 6, "many": 17}


def _list_lists(contract: Contract, written: _Written) -> Iterator[ValueKind]:
    items = written.schema.get("items", {})
    inner = [kind for kind in list_kinds_of_schema(contract, items) if not kind.may_be_refused]
    if not inner or items.get("format") == "binary":
        return
    for name, count in {**COUNTS, "most": int(written.schema.get("maxItems", MOST_ITEMS))}.items():
        yield ValueKind(name, partial(_draw_unlike, inner, count), is_always_sent=True)
    yield ValueKind("backwards", partial(_reverse_list, inner), is_always_sent=True)
    yield ValueKind("twice", partial(_repeat_item, inner), is_always_sent=True)
    for kind in inner:
        yield ValueKind(f"of-{kind}", lambda *room, kind=kind: [*_draw_unlike(inner, 1, *room), kind.make(*room)])


def _reverse_list(kinds: Sequence[ValueKind], random: Random, most: int) -> list[Any]:
    return sorted(_draw_unlike(kinds, COUNTS["six"], random, most), key=repr, reverse=True)


def _repeat_item(kinds: Sequence[ValueKind], random: Random, most: int) -> list[Any]:
    three = _draw_unlike(kinds, COUNTS["three"], random, most)
    return three + three[:1]


def _draw_unlike(kinds: Sequence[ValueKind], count: int, random: Random, most: int) -> list[Any]:
    """Return so many values that are unlike each other, as far as the kinds have them."""
    each, unlike = max(most // max(count, 1), SHORTEST), dict[str, Any]()
    for _ in range(DRAWS * count):
        if len(unlike) == count:
            break
        value = random.choice(kinds).make(random, each)
        unlike[repr(value)] = value
    return list(unlike.values())


KEYS: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "six-keys": ("f", "e", "d", "c", "b", "a"),
    "dots-and-blanks": ("a.b", "a b", "a/b", "$a", "a[0]"),
    "cases": ("key", "KEY", "Key"),
    "normal-forms": ("\u00e4", "a\u0308"),
    "like-a-number": ("0", "01", "-1"),
}


def _list_objects(contract: Contract, written: _Written) -> Iterator[ValueKind]:
    values = written.schema.get("additionalProperties", True)
    if values is False or written.schema.get("properties"):
        return
    found = list_kinds_of_schema(contract, values if isinstance(values, Mapping) else {})
    inner = [kind for kind in found if not kind.may_be_refused]
    yield from (ValueKind(name, partial(_draw_object, inner, keys), is_always_sent=True) for name, keys in KEYS.items())
    yield from (ValueKind(f"of-{kind}", partial(_draw_object, [kind], ("further",))) for kind in inner)


def _draw_object(kinds: Sequence[ValueKind], keys: Sequence[str], random: Random, most: int) -> dict[str, Any]:
    return {key: random.choice(kinds).make(random, most) for key in keys}


def _list_anything(_contract: Contract, _written: _Written) -> Iterator[ValueKind]:
    yield from (ValueKind(name, partial(draw_text, name)) for name in TEXTS)
    others: dict[str, Any] = {
        "null": None,
        "number": 1,
        "fraction": FRACTIONS[0],
        "true": True,
        "no-keys": {},
        "no-items": [],
    }
    nested = {"nested-empty": {"a": {}, "b": {"c": {}}, "d": []}}
    yield from (_make_constant(name, value) for name, value in {**others, **nested}.items())


_OF_TYPE: Mapping[str, Callable[[Contract, _Written], Iterator[ValueKind]]] = {
    "string": _list_texts,
    "binary": _list_bytes,
    "boolean": _list_booleans,
    "integer": _list_integers,
    "number": _list_fractions,
    "array": _list_lists,
    "object": _list_objects,
    "": _list_anything,
}
