"""Answers of the operations on kept objects, as their responses declare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from mock_server.contract.document import resolve
from mock_server.contract.forced import HEADER as UNDECLARED_HEADER
from mock_server.contract.foreign import UNDECLARED
from mock_server.contract.made_values import make_value
from mock_server.declared.documents.fields import read_fields, read_required
from mock_server.declared.documents.kinds import Kind, Schema
from mock_server.declared.documents.shapes import Shape, find_shape, shows_alike
from mock_server.declared.documents.words import flatten
from mock_server.operation import Reply

_COUNTS = ("count", "total")

Part = Literal["list", "create", "create many", "read", "update", "remove"]


class Success(NamedTuple):
    """The answer of a success: its status, the media type and the schema of its body; None where it has none."""

    status: int
    media_type: str
    schema: Schema | None
    headers: tuple[tuple[str, str], ...] = ()


def read_answer(document: Mapping[str, Any], operation: Mapping[str, Any], part: Part) -> Success:
    """Return the success that an operation declares for what it does."""
    responses = operation.get("responses", {})
    wanted = {"create": ("201", "200"), "remove": ("204", "200")}.get(part, ("200",))
    declared = sorted(each for each in responses if each.startswith("2"))
    status = next((each for each in (*wanted, *declared) if each in responses), "default")
    response = resolve(document, responses.get(status, {}))
    content = response.get("content", {})
    number = int(status) if status.isdigit() else int(wanted[0])
    for media_type, said in content.items():
        plain = media_type.partition(";")[0].strip().lower()
        if plain.endswith(("/json", "+json", "/*")):
            return Success(number, "application/json" if "*" in plain else plain, said.get("schema", {}))
    headers = ((UNDECLARED_HEADER, "true"),) if UNDECLARED in response else ()
    return Success(number, "" if not content else next(iter(content)), None, headers)


class ObjectAnswer:
    """Answers that show an object, or what of it they have a field for."""

    def __init__(self, document: Mapping[str, Any], kind: Kind, success: Success) -> None:
        self._document, self.success = document, success
        schema = success.schema
        self.shape = None if schema is None else find_shape(schema, lambda each: shows(each, kind))

    @property
    def shown(self) -> Schema | None:
        """The schema by which it shows the object; None where it does not."""
        return None if self.shape is None or self.shape.is_list else self.shape.one

    def make_reply(self, content: Mapping[str, Any]) -> Reply:
        """Return the answer about an object."""
        status, media_type, schema, headers = self.success
        if schema is None:
            return Reply(status, b"", media_type, headers)
        return Reply(status, self._tell(schema, content), media_type)

    def _tell(self, schema: Schema, content: Mapping[str, Any]) -> Any:
        if self.shape is not None and not self.shape.is_list:
            return _put(self._document, schema, self.shape.at, _show(self._document, self.shape.one, content))
        if self.shape is not None:
            shown = [_show(self._document, self.shape.one, content)]
            return _put(self._document, schema, self.shape.at, shown)
        made = make_value(self._document, schema)
        if isinstance(made, dict):
            made |= {name: content[name] for name in read_fields(schema) if name in content}
        return made


class ListAnswer:
    """Answers that have a list of objects, at their root or in a field."""

    def __init__(self, document: Mapping[str, Any], success: Success, shape: Shape) -> None:
        self._document, self.success, self.shape = document, success, shape

    def make_reply(self, found: Sequence[Mapping[str, Any]], count: int) -> Reply:
        """Return the answer with some of so many objects."""
        shown = [_show(self._document, self.shape.one, each) for each in found]
        body = _put(self._document, self.shape.whole, self.shape.at, shown, count)
        return Reply(self.success.status, body, self.success.media_type)


def find_list(kind: Kind, success: Success) -> Shape | None:
    """Return where an answer has a list of the objects of a resource; None where it has none."""
    if success.schema is None:
        return None
    shape = find_shape(success.schema, lambda each: shows(each, kind), prefers_list=True)
    return shape if shape is not None and shape.is_list else None


def shows(schema: Schema, kind: Kind) -> bool:
    """Whether a schema shows an object of a resource: with its key, and with fields of its."""
    return schema == kind.shown or (kind.key in read_fields(schema) and shows_alike(schema, kind.fields))


def _show(document: Mapping[str, Any], schema: Schema, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content as a schema has it: with what it requires, and without what it does not take."""
    missing = read_required(schema) - content.keys()
    shown = dict(content)
    if missing:
        fields = read_fields(schema)
        shown |= {name: make_value(document, fields[name]) for name in missing if name in fields}
    if schema.get("additionalProperties") is False:
        fields = read_fields(schema)
        return {name: value for name, value in shown.items() if name in fields}
    return shown


def _put(document: Mapping[str, Any], schema: Schema, at: tuple[str, ...], value: Any, count: int | None = None) -> Any:
    """A value at its place in an answer, among what else the answer requires."""
    if not at:
        return value
    fields, body = read_fields(schema), {}
    for name in fields:
        if name == at[0]:
            body[name] = _put(document, fields[name], at[1:], value, count)
        elif name in read_required(schema) or _is_count(name):
            body[name] = _make_beside(document, name, fields[name], count)
    return body


def _make_beside(document: Mapping[str, Any], name: str, schema: Schema, count: int | None) -> Any:
    """Return the field beside the objects of an answer: their number where it is called so, nothing where it may."""
    if count is not None and schema.get("type") == "integer" and _is_count(name):
        return count
    if schema.get("nullable"):
        return None
    made = make_value(document, schema)
    if count is not None and isinstance(made, dict):
        inside = {each: _make_beside(document, each, said, count) for each, said in read_fields(schema).items()}
        return made | {each: inside[each] for each in made.keys() & inside.keys()}
    return made


def _is_count(name: str) -> bool:
    return flatten(name).endswith(_COUNTS) or flatten(name).startswith(_COUNTS)
