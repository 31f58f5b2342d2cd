"""The API of a contract that is not ours: its resources declared or inferred, its functions derived or given."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from mock_server.access.credentials import CREDENTIALS, REMOVED
from mock_server.access.foreign import ORG, PEOPLE, authenticate_anybody, make_fake_token, make_person
from mock_server.api import Api
from mock_server.contract.document import find_operation_ids
from mock_server.contract.foreign import NOTES, adopt, find_base_path
from mock_server.declared.documents.derivation import DerivedDocuments, derive_documents
from mock_server.declared.documents.kinds import Kind
from mock_server.declared.documents.ownership import find_owner_slips
from mock_server.declared.inference.types import infer_types
from mock_server.declared.resource_types import KEYWORD
from mock_server.errors import ContractError, StartError
from mock_server.fixtures import Persona, Seed
from mock_server.operation import Handler
from mock_server.resources import catalogue
from mock_server.resources.orgs import ORGS, Org
from mock_server.settings import Settings
from mock_server.state.collection import Collection
from mock_server.state.state import make_empty_state
from mock_server.state.value import replace
from mock_server.worlds.product import Product

FOREIGN = Product(
    orgs=ORGS,
    play_due=lambda state, _now: state,
    find_new_events=lambda _state, _before: (),
    with_events=lambda after, _before, _types, _caller, _now: after,
    without_oldest_event=lambda state, _org_id: state,
)
"""The product that worlds know of a contract that is not ours: nothing happens by itself."""

CREDENTIALS_TAKEN = (
    f"Any credential of the form that the contract asks for is taken, such as {make_fake_token(PEOPLE[0])}; "
    "the same one is the same caller."
)
_UNDERSTOOD = {
    *("schema", "path", "id", "key", "within"),
    *("owner", "visible", "listed", "unique", "immutable", "refers", "code"),
}
_OURS_ALONE = {"fixtures": "--fixtures", "scale": "--scale", "deviations": "--deviation"}


def read_foreign_api(
    settings: Settings, document: dict[str, Any], handlers: Mapping[str, Handler], modules: Iterable[ModuleType]
) -> Api:
    """Return the API of a contract that is not ours; StartError for settings that it cannot have."""
    name = str(settings.contract)
    for field, option in _OURS_ALONE.items():
        if getattr(settings, field):
            raise StartError(f"{option}: is about the data of our own API, and {name} is the contract of another one")
    document = adopt(document, name)
    given = {**catalogue.find_handlers(modules), **handlers}
    places = find_operation_ids(document, name)
    if spare := sorted(given.keys() - places.keys()):
        raise ContractError(f"{name}: has no operation {spare[0]}, for which there is a function")
    document, inferred = with_types(document)
    derived = derive_documents(document, document[KEYWORD])
    _check_types(document, derived, name)
    collections: tuple[Collection[Any], ...] = (ORGS, CREDENTIALS, REMOVED, *derived.collections)
    return Api(
        document=document,
        name=name,
        base_path=find_base_path(document),
        product=FOREIGN,
        collections=collections,
        handlers={**derived.handlers, **given},
        reasons={each: text for each, text in derived.reasons.items() if each not in given},
        seed=_make_seed(settings.seed, collections),
        credentials=CREDENTIALS_TAKEN,
        kept_document=document,
        authenticate=authenticate_anybody,
        told=tuple(describe(document, derived, given.keys(), inferred=inferred)),
        summary=summarise(derived, given.keys(), len(places), inferred=inferred),
    )


def with_types(document: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return a document with the types of its resources, and whether these were inferred since it declares none."""
    if KEYWORD in document:
        return document, False
    types, schemas = infer_types(document)
    components = document.get("components", {})
    components = {**components, "schemas": {**components.get("schemas", {}), **schemas}}
    return {**document, "components": components, KEYWORD: types}, True


def _check_types(document: Mapping[str, Any], derived: DerivedDocuments, name: str) -> None:
    """ContractError for the first type that names what the document does not have."""
    schemas = document.get("components", {}).get("schemas", {})
    for each, said in document[KEYWORD].items():
        pointer = f"{name}: /{KEYWORD}/{each}"
        if said["schema"] not in schemas:
            raise ContractError(f"{pointer}/schema: {said['schema']!r} is no schema of components.schemas")
        if (kind := derived.kinds.get(each)) is None:
            raise ContractError(f"{pointer}: lacks path, the path of one object, such as /{each}s/{{id}}")
        if slip := next(_find_slips(document, derived, kind), None):
            raise ContractError(f"{pointer}{slip}")


def _find_slips(document: Mapping[str, Any], derived: DerivedDocuments, kind: Kind) -> Iterator[str]:
    """Find what is wrong with the declaration of a resource, each with the place below it."""
    if kind.path not in document["paths"]:
        yield f"/path: {kind.path!r} is no path of the contract"
    if kind.within is not None and kind.within not in derived.kinds:
        yield f"/within: {kind.within!r} is no resource of this contract"
    if strange := sorted(kind.said.keys() - _UNDERSTOOD):
        yield f"/{strange[0]}: is not known beside a path; there are {', '.join(sorted(_UNDERSTOOD))}"
    if kind.fields and kind.key not in kind.fields:
        yield f": {kind.schema_name} has no field {kind.key!r}, by which a path names one"
    yield from find_owner_slips(document, kind)


def _make_seed(seed: int, collections: Sequence[Collection[Any]]) -> Seed:
    state = make_empty_state(collections, seed=seed)
    state = state.put(ORGS, Org(ORG, "Anybody", "active"))
    personas = tuple(Persona(name, make_person(name), make_fake_token(name)) for name in PEOPLE)
    return Seed(replace(state, touched=None), personas)


def summarise(derived: DerivedDocuments, given: Iterable[str], total: int, *, inferred: bool) -> dict[str, Any]:
    """Return what of a contract has state, as JSON has it."""
    return {
        "inferred": inferred,
        "operations": total,
        "derived": len(derived.handlers),
        "functions": len(set(given)),
        "resources": [
            {
                "name": kind.name,
                "path": kind.path,
                "operations": [each for each, (_, of) in derived.roles.items() if of == kind.name],
            }
            for kind in derived.kinds.values()
        ],
    }


def describe(
    document: Mapping[str, Any], derived: DerivedDocuments, given: Iterable[str], *, inferred: bool
) -> Iterator[str]:
    """Yield what whoever starts a mock, or asks for its resources, has to know of them, as lines."""
    total = sum(1 for item in document["paths"].values() for each in item.values() if _is_operation(each))
    own = set(given)
    count, share = len(derived.handlers.keys() - own), round(100 * len(derived.handlers.keys() - own) / max(total, 1))
    how = "inferred from paths, since the contract declares none" if inferred else "declared in x-resource-types"
    yield f"resources {how}: {count} of {total} operations follow ({share} %)"
    width = max((len(each) for each in derived.kinds), default=0)
    for kind in derived.kinds.values():
        does = ", ".join(dict.fromkeys(part for part, of in derived.roles.values() if of == kind.name))
        yield f"  {kind.name:{width}}  {kind.path}  {does or 'nothing'}"
    if own:
        yield f"with a function of --module: {', '.join(sorted(own))}"
    left = [each for each in derived.reasons if each not in own]
    if left:
        yield f"answered by an example, without state, and marked X-Mock-Stateless: {', '.join(left)}"
    for name, parameters in derived.ignored.items():
        yield f"{name} passes over its parameters {', '.join(parameters)}: nothing says what they do"
    yield from document.get(NOTES, ())


def _is_operation(node: Any) -> bool:
    return isinstance(node, Mapping) and "operationId" in node


def load_modules(paths: Sequence[Path]) -> Iterator[ModuleType]:
    """Yield the modules of files with functions for operations; StartError where one is none, or fails."""
    for at, path in enumerate(paths):
        spec = importlib.util.spec_from_file_location(f"mock_module_{at}_{path.stem}", path)
        if spec is None or spec.loader is None or not path.is_file():
            raise StartError(f"--module {path}: is no file of Python, such as my_ops.py")
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as problem:
            raise StartError(f"--module {path}: {type(problem).__name__}: {problem}") from problem
        yield module
