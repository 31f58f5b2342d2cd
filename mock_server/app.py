"""The only place where the parts are joined."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from msgspec import structs

from mock_server import control
from mock_server.access import cookies
from mock_server.access.credentials import ControlKey
from mock_server.access.origins import Origins
from mock_server.api import Api
from mock_server.console.pages import find_entrance, find_page
from mock_server.contract.compiled import Contract
from mock_server.contract.compiler import compile_contract
from mock_server.contract.document import bound_bodies, find_operation_ids, is_foreign, load_document
from mock_server.contract.framework import (
    AsyncApp,
    ConnexionMiddleware,
    InvalidSpecification,
    Lifespan,
    Resolver,
    read_specification,
    resolve_refs,
)
from mock_server.contract.keywords import NO_ARCHIVES, read_grants
from mock_server.control import CONTROL_CONTRACT, ControlContext, NodeIdentity, serve_control
from mock_server.declared.declarations import DerivedOperations, derive, read_declarations
from mock_server.declared.linter import find_first_problem
from mock_server.declared.linter.features import read_error_codes
from mock_server.declared.linter.operation_problems import find_code_problems, find_idle_codes
from mock_server.declared.resource_types import OWNER
from mock_server.declared.tenancy import find_owner_field, rename_owner, with_usual_owner
from mock_server.deviations import plant
from mock_server.errors import ContractError, UnsupportedError
from mock_server.fixtures import Persona, load_seed
from mock_server.operation import Handler
from mock_server.pipeline import address
from mock_server.pipeline.address import CONTROL
from mock_server.pipeline.cors import Cors
from mock_server.pipeline.destination import Destinations, Log, Mount
from mock_server.pipeline.middleware import Pipeline
from mock_server.pipeline.performing import serve_operation
from mock_server.pipeline.stateless import describe_stateless, find_example_answers, with_examples
from mock_server.resources import catalogue
from mock_server.resources.audit.feed import find_new_events
from mock_server.resources.audit.writing import with_events, without_oldest_event
from mock_server.resources.orgs import ORGS
from mock_server.resources.workspaces.life.playing import play_due
from mock_server.settings import Settings
from mock_server.state import rendered
from mock_server.state.clock import read_real_time
from mock_server.state.conformity import Conformity
from mock_server.state.portable import StateReader, load, with_collections
from mock_server.state.value import replace
from mock_server.worlds.world import Product, World
from mock_server.worlds.worlds import Worlds

CREDENTIALS = (
    f"Send a session token or an API key as a bearer credential, or the session cookie {cookies.NAME}: "
    f"GET {CONTROL}/personas lists tokens and keys, {CONTROL}/login?persona=NAME sets the cookie."
)
CONTROL_CREDENTIALS = "Send the token of --control-token as a bearer credential."

PRODUCT = Product(
    orgs=ORGS,
    play_due=play_due,
    find_new_events=find_new_events,
    with_events=with_events,
    without_oldest_event=without_oldest_event,
)
"""The functions of the product that worlds and the pipeline, which know no resource, are handed."""

F = TypeVar("F")

_log = logging.getLogger(__name__)


def create_app(
    settings: Settings | None = None,
    handlers: Mapping[str, Handler] | None = None,
    *,
    modules: Iterable[ModuleType] = (),
    log: Callable[[Iterable[Persona]], Log] | None = None,
    lifespan: Lifespan | None = None,
) -> AsyncApp:
    """Return the mock as an application of Connexion; `handlers` serve operations that the package does not have.

    What the contract has beside these is answered by the contract's examples. `modules` declare operations and
    collections beside its own. `log` makes the log of requests, which names the callers by these personas. `lifespan`
    is for the APIs that are added to the application: the mock itself has nothing to start or to end.

    Raises StartError, which names the place, when the contract, the fixtures or the settings are not
    valid, or when a function is for no operation of the contract.
    """
    settings = settings or Settings()
    if settings.modules:  # imported here, as below, so that no other start waits for it
        from mock_server.foreign_api import load_modules  # noqa: PLC0415

        modules = (*load_modules(settings.modules), *modules)
    document = _read_document(settings.contract, settings.max_body, settings.overlays, any_api=True)
    if is_foreign(document):
        from mock_server.foreign_api import read_foreign_api  # noqa: PLC0415

        api = read_foreign_api(settings, document, handlers or {}, modules)
    else:
        api = _read_own_api(settings, document, handlers or {}, modules)
    hooks = plant(settings.deviations)
    served = {each: hooks.handler(each, handler) for each, handler in api.handlers.items()}
    control_document = _read_document(CONTROL_CONTRACT, settings.max_body)
    schemas = control_document["components"]["schemas"]
    schemas["State"] = with_collections(schemas["State"], api.collections)
    seed, product = api.seed, api.product
    worlds = Worlds(
        seed.state,
        product,
        most=settings.max_worlds,
        most_entries=settings.journal,
        max_memory=settings.max_memory,
        stream_times=settings.stream_times,
    )
    reader = StateReader(schemas["State"], api.collections, Conformity(api.kept_document))
    if settings.state is not None:
        worlds.default.take(load(settings.state, reader, seed.state), "loaded")
    rendered.keep_for(worlds.default.state.objects)
    origins = Origins(settings.cors_origins, settings.allow_hosts)
    node = None if settings.node is None else NodeIdentity(settings.node, read_real_time())
    context = ControlContext(worlds, seed, reader, origins, api, node)
    # Control calls and preflights have request ids of their own, and use up none of a world's.
    control_world = World(CONTROL, replace(seed.state, seed=~seed.state.seed), product)
    request_log = None if log is None else log(seed.personas)
    if settings.passing is not None:  # imported here, so that no other start waits for its client
        from mock_server.passing.hook import with_passing  # noqa: PLC0415

        hooks = with_passing(hooks, settings.passing, find_operation_ids(api.document, api.name), seed.personas)
    cors = Cors(origins, settings.cors_headers)
    destinations = Destinations(
        worlds,
        _mount_control(control_document, context, control_world, settings.control_token),
        control_world,
        hooks=hooks,
        cors=cors,
        page=partial(find_page, api=api.base_path, is_ours=api.authenticate is None),
        entrance=partial(find_entrance, api=api.base_path),
        log=request_log,
    )
    contract = _compile_served(api, served)
    context.serves(contract, examples := find_example_answers(contract))
    destinations.mount(Mount(contract, with_examples(serve_operation, examples), None, api.authenticate))
    for mount in destinations.mounts.values():
        cors.serves(operation.method for operation in mount.contract.operations.values())
    pipeline = partial(Pipeline, destinations=destinations, hooks=hooks, cors=cors, log=request_log)
    # Behind ours is the usual way of Connexion, for what is added with `add_api`.
    app = AsyncApp(__name__, lifespan=lifespan, middlewares=[pipeline, *ConnexionMiddleware.default_middlewares])
    told = api.check(context.contract)
    for warning in () if api.told else (*describe_stateless(context.examples), *_explain_examples(context), *told):
        _log.warning("%s", warning)
    app.context = context  # for whoever serves it, and keeps what the worlds hold
    return app


def _compile_served(api: Api, handlers: Mapping[str, Handler]) -> Contract:
    """Return the contract of an API, which Connexion reads; ContractError where the mock cannot serve it."""
    try:
        specification = read_specification(dict(api.document))
    except InvalidSpecification as error:
        place = ".".join(str(step) for step in error.absolute_path)
        raise ContractError(f"{api.name}: {place}: {error.message}") from error
    lenient = api.authenticate is not None
    resolver = Resolver(handlers.get)
    return compile_contract(specification, api.name, api.base_path, resolver, api.credentials, lenient=lenient)


def _read_own_api(
    settings: Settings, served_document: dict[str, Any], handlers: Mapping[str, Handler], more: Iterable[ModuleType]
) -> Api:
    """Return the API of a contract of ours, with the functions and the seed data of the package."""
    name = str(settings.contract)
    document, owner = _with_usual_owner(served_document, name), find_owner_field(served_document)
    modules = (*catalogue.list_own_modules(), *more)
    functions = {**catalogue.find_handlers(modules), **handlers}
    _check_operations(document, name, functions)
    declared = read_declarations(document, catalogue.list_collections(modules))
    derived = derive(declared, catalogue.find_contents(modules))
    if problem := find_first_problem(declared, derived, functions):
        raise ContractError(f"{name}: {problem}")
    bound = {**derived.handlers, **functions}
    if owner != OWNER:
        bound = {each: rename_owner(handler, owner) for each, handler in bound.items()}
    _check_grants(document, name)
    collections = (*catalogue.list_collections(modules), *declared.own)
    return Api(
        document=served_document,
        name=name,
        base_path=address.API,
        product=PRODUCT,
        collections=collections,
        handlers=bound,
        reasons=derived.reasons,
        seed=load_seed(
            settings.seed,
            document,
            settings.fixtures,
            must_fit=settings.seed_must_fit,
            collections=collections,
            scale=settings.scale,
        ),
        credentials=CREDENTIALS,
        kept_document=document,
        check=partial(_check_served, derived=derived, codes=read_error_codes(document), name=name),
    )


def _check_served(contract: Contract, *, derived: DerivedOperations, codes: Sequence[str], name: str) -> Iterable[str]:
    """Return what is to be told of it: codes that nothing serves.

    ContractError where a code is declared that nothing raises or the reverse, or no limits of what is uploaded.
    """
    for problem in find_code_problems(contract, derived):
        raise ContractError(f"{name}: {problem}")
    if contract.archive is NO_ARCHIVES:
        raise ContractError(f"{name}: no part of a form has x-archive, the limits of what is uploaded as a pack")
    return find_idle_codes(contract, codes)


def _explain_examples(context: ControlContext) -> Iterator[str]:
    """List the reasons why operations that are answered by examples do not follow from what is declared."""
    reasons = context.api.reasons
    for each in sorted(reasons.keys() & context.examples.keys()):
        yield f"{each} does not follow from what is declared: {reasons[each]}"


def _check_grants(document: Mapping[str, Any], name: str) -> None:
    """Raise ContractError where it does not say which scopes roles and permission sets give, as seed data need."""
    try:
        read_grants(document)
    except UnsupportedError as problem:
        raise ContractError(f"{name}: {problem}") from problem


def _read_document(
    path: Path, max_body: int | None, overlays: Sequence[Path] = (), *, any_api: bool = False
) -> dict[str, Any]:
    document = load_document(path, overlays, any_api=any_api)
    if max_body is not None:
        bound_bodies(document, max_body)
    return document


def _with_usual_owner(document: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        return with_usual_owner(document)
    except ContractError as problem:
        raise ContractError(f"{name}: {problem}") from problem


def _mount_control(document: Mapping[str, Any], context: ControlContext, world: World, token: str | None) -> Mount:
    """Return the control API. Its contract is the mock's own: a test has Connexion validate it, and no start does."""
    key = None if token is None else ControlKey(token)
    if key is None:  # nothing is asked for, and nothing is looked at
        document = {name: part for name, part in document.items() if name != "security"}
    functions = bind(document, CONTROL_CONTRACT.name, control.find_handlers())
    contract = compile_contract(
        resolve_refs(document), CONTROL_CONTRACT.name, CONTROL, Resolver(functions.__getitem__), CONTROL_CREDENTIALS
    )
    contract = structs.replace(contract, api_path=context.api.base_path)
    return Mount(contract, partial(serve_control, context), world, None if key is None else key.authenticate)


def bind(document: Mapping[str, Any], name: str, functions: Mapping[str, F]) -> Mapping[str, F]:
    """Return the functions of a contract's operations; ContractError where one has no function, or the reverse."""
    places = _check_operations(document, name, functions)
    if missing := sorted(places.keys() - functions.keys()):
        place = places[missing[0]]
        raise ContractError(f"{name}: {place}: the operation {missing[0]} has no function")
    return functions


def _check_operations(document: Mapping[str, Any], name: str, functions: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the places of a contract's operations; ContractError where it lacks one for which there is a function."""
    places = find_operation_ids(document, name)
    if spare := sorted(functions.keys() - places.keys()):
        raise ContractError(f"{name}: has no operation {spare[0]}, for which there is a function")
    return places
