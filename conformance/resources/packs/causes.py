"""Recipes that provoke the error codes that only packs and their files have."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.needs import SECOND_ORG, state
from conformance.profile import Caller
from conformance.recipes.about import path_values, with_right_body
from conformance.recipes.causes import (
    FOR_SOMEBODY,
    Cause,
    Provoking,
    for_somebody_with,
    of_a_right_one,
    twice,
    with_part,
)
from conformance.recipes.making import other_org
from conformance.recipes.requests import with_parts
from conformance.resources.packs import archives, recipes
from conformance.resources.packs.oracle import PackFact
from conformance.resources.packs.recipes import AVAILABLE, IMAGE_REF
from conformance.resources.packs.sample_files import VERSION, archive_parts, pack_files, pack_yaml
from conformance.session.harness import Harness


def _on(harness: Harness, operation: Operation, caller: Caller, fact: PackFact) -> Provoking:
    return caller, with_right_body(harness, operation, caller, path_values(operation, fact), fact)


def _in_use(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = recipes.own(harness, caller.org, visibility="community", origins=recipes.ANY)
    return _on(harness, operation, caller, recipes.referenced(harness, fact, other_org(harness, caller)))


def _purge_fails(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = recipes.own(harness, caller.org)
    recipes.purge_fails(harness, fact)
    return _on(harness, operation, caller, fact)


def _not_editable(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    return _on(harness, operation, caller, recipes.own(harness, caller.org, origins=recipes.IMAGE))


def _renamed(operation: Operation, request: Request) -> Request:
    """Return the replacement of the manifest by one that is right but for the name."""
    content = pack_yaml("conformance-other", VERSION)
    return replace(with_part(operation, request, "pack.yaml"), content=content)


def _cut_short(harness: Harness, operation: Operation) -> Provoking:
    """Return an upload of an archive that ends too early."""
    packed = archives.write_files(pack_files(harness.fresh_name()))
    return harness.able(operation), with_parts(operation, {}, archive_parts(packed[: len(packed) // 2]))


def _absent_file(operation: Operation, request: Request) -> Request:
    return with_part(operation, request, "data/absent.txt")


TWICE = Cause(twice, FOR_SOMEBODY)
IN_USE = Cause(_in_use, for_somebody_with((SECOND_ORG,)))
PURGE_FAILS = Cause(_purge_fails, for_somebody_with((state("registry purge fails"),)))
NOT_EDITABLE = Cause(_not_editable, for_somebody_with((state(AVAILABLE), IMAGE_REF)))
RENAMED = Cause(of_a_right_one(_renamed), FOR_SOMEBODY)
CUT_SHORT = Cause(_cut_short, FOR_SOMEBODY)
ABSENT_FILE = Cause(of_a_right_one(_absent_file), FOR_SOMEBODY)
