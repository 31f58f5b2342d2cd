"""The collection of a resource that the contract declares: its class of values, and what follows from it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from mock_server.access.callers import Caller
from mock_server.declared.hints import is_time, read_hint
from mock_server.declared.invented import choose_usual_values, make_invention
from mock_server.declared.resource_types import CREATED, OWNER, UPDATED, PlainOperation, ResourceType
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.value import Value

ORGS = "orgs"


def find_plural(resource: ResourceType, parts: Sequence[PlainOperation]) -> str:
    """Return what all objects of a resource are called: as their list is in its answer, or else the name with an s."""
    for part in parts:
        if part.of is resource and part.name == "list" and (key := find_list_key(part)) is not None:
            return key
    return f"{resource.name}s"


def find_list_key(part: PlainOperation) -> str | None:
    """Return the field of the answer that holds the objects; None where the answer is no list of them."""
    if part.success is None or part.success[1] is None:
        return None
    found = list(part.success[1].get("properties", {}).items())
    lists = [name for name, each in found if each.get("items") == part.of.shown]
    return lists[0] if len(lists) == len(found) == 1 else None


def make_collection(
    resource: ResourceType, parts: Sequence[PlainOperation], names: Mapping[str, str], indexes: Sequence[str]
) -> Collection[Any]:
    """Return the collection of a resource. The same contract gives the same one, so what is kept by it stays.

    `names`: of the collections of all resources. `indexes`: the fields by which others look for its objects.
    """
    own = [part for part in parts if part.of is resource]
    said = {
        "name": resource.name,
        "said": resource.said,
        "shown": resource.shown,
        "called": names[resource.name],
        "targets": {
            field: [names[to["to"]], _is_removed(to["to"], parts)]
            for field, to in resource.refers.items()
            if "by" not in to and to["to"] in names
        },
        "defaults": read_defaults(own),
        "indexes": [OWNER, *indexes] if "owner" in resource.said else list(indexes),
    }
    return _make(pickle.dumps(said))


def read_defaults(parts: Sequence[PlainOperation]) -> dict[str, Any]:
    """Return the values that fields have where the body of a creation leaves them out."""
    bodies = [part.body for part in parts if part.name in {"create", "set"} and part.body is not None]
    given = [each for body in bodies for each in body.get("properties", {}).items()]
    return {name: each["default"] for name, each in given if "default" in each}


def _is_removed(name: str, parts: Sequence[PlainOperation]) -> bool:
    return any(part.of.name == name and part.name == "remove" for part in parts)


@lru_cache(maxsize=64)
def _make(known_by: bytes) -> Collection[Any]:
    told = pickle.loads(known_by)  # noqa: S301  # `make_collection` wrote it
    resource = ResourceType(told["name"], told["said"], told["shown"])
    owner = (OWNER,) if "owner" in resource.said else ()
    kind = _make_value_class(resource, told["defaults"])
    targets: Mapping[str, tuple[str, bool]] = told["targets"]
    called = {field: name for field, (name, _) in targets.items()}
    stays = {field: name for field, (name, removed) in targets.items() if not removed}
    return Collection(
        kind,
        told["called"],
        key=("id",) if resource.prefix is not None else (*owner, resource.key),
        noun=resource.name,
        id_prefix=None if resource.prefix is None else resource.prefix.removesuffix("_"),
        refers={**dict.fromkeys(owner, ORGS), **stays},
        mentions={field: name for field, (name, removed) in targets.items() if removed},
        unique=(*owner, *resource.unique) if resource.unique else (),
        indexes=tuple(dict.fromkeys(told["indexes"])),
        schema=resource.said["schema"],
        visible=make_visibility(resource),
        hidden=make_hiding(resource),
        view=_make_view(resource, kind),
        fixtures=Fixtures(invent=make_invention(resource, kind, called)),
        by_state=choose_usual_values(resource, kind, called),
        description=None if resource.prefix is not None or not owner else f"By org, then by {resource.key}.",
    )


def _make_value_class(resource: ResourceType, defaults: Mapping[str, Any]) -> type[Value]:
    """The class of its values: whatever may be absent or null is None where there is none of it."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [("id", str)] if resource.prefix is not None else []
    fields += [(OWNER, str)] if "owner" in resource.said else []
    set_here = {field[0] for field in fields}
    for name, schema in resource.fields.items():
        hint, is_shown = read_hint(schema), name in resource.required and not schema.get("nullable")
        if name in set_here:
            continue
        if name in defaults:
            fields.append((name, hint if is_shown else hint | None, convert_default(defaults[name])))
        elif is_shown or name == resource.key or (name in {CREATED, UPDATED} and is_time(schema)):
            fields.append((name, hint))
        else:
            fields.append((name, hint | None, None))
    made: type[Value] = msgspec.defstruct(  # type: ignore[assignment]  # its base is a Struct, see `Value`
        "".join(word.capitalize() for word in resource.name.split("_")),
        fields,
        bases=(Value,),
        module=__name__,
        namespace={"__doc__": f"A {resource.noun}, as the contract declares it."},
        frozen=True,
        weakref=True,
        dict=True,
        kw_only=True,
    )
    return made


def convert_default(value: Any) -> Any:
    """Return a default as an object has it."""
    return tuple(value) if isinstance(value, list) else value


def _make_view(resource: ResourceType, kind: type[Value]) -> Callable[[Any, str], Mapping[str, Any]]:
    """Return what shows an object: its fields, and null where one that it lacks is always shown."""
    unseen = tuple(name for name in kind.__struct_fields__ if name not in resource.fields)
    sometimes = tuple(set(kind.__struct_fields__) - {*unseen, *resource.required, CREATED, UPDATED})

    def show(value: Any, _org_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = msgspec.structs.asdict(value)
        for name in unseen:
            del shown[name]
        for name in sometimes:
            if shown[name] is None:
                del shown[name]
        return shown

    return show


def make_visibility(resource: ResourceType) -> Callable[[Any, str], bool]:
    """Return what tells whether an org sees an object."""
    if "owner" not in resource.said:
        return lambda _value, _org_id: True
    ways = [
        (name, frozenset([values] if isinstance(values, str) else values))
        for each in resource.said.get("visible", ())
        if isinstance(each, dict)
        for name, values in each.items()
    ]
    if not ways:
        return is_same_org

    def is_visible(value: Any, org_id: str) -> bool:
        return is_same_org(value, org_id) or any(getattr(value, name) in values for name, values in ways)

    return is_visible


def make_hiding(resource: ResourceType) -> Callable[[Any, Caller], bool]:
    """Return what tells whether an object is hidden from one caller of an org that sees it."""
    if resource.personal is None:
        return lambda _value, _caller: False
    return make_hiding_from_others(resource.personal["field"], resource.personal["all"])


def make_hiding_from_others(field: str, scope: str) -> Callable[[Any, Caller], bool]:
    """Return what tells whether an object is hidden, since it is somebody else's and the caller lacks the scope.

    `field`: who has it, by user id; what nobody has is hidden from nobody.
    """

    def is_hidden(value: Any, caller: Caller) -> bool:
        person = getattr(value, field)
        return person is not None and person != caller.user_id and scope not in caller.permissions

    return is_hidden
