"""Recipes that provoke the error codes that only packs and their files have."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.needs import SECOND_ORG, state
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values, with_right_body
from conformance.recipes.causes import (
    FOR_SOMEBODY,
    Cause,
    Provoking,
    change_right_request,
    need_somebody_with,
    send_twice,
    with_part,
)
from conformance.recipes.making import choose_other_org
from conformance.recipes.requests import with_parts
from conformance.resources.packs import archives, recipes
from conformance.resources.packs.oracle import PackFact
from conformance.resources.packs.recipes import AVAILABLE, IMAGE_REF
from conformance.resources.packs.sample_files import VERSION, archive_parts, pack_files, pack_yaml
from conformance.session.harness import Harness


def _on(harness: Harness, operation: Operation, caller: Caller, fact: PackFact) -> Provoking:
    return caller, with_right_body(harness, operation, caller, choose_path_values(operation, fact), fact)


def _ask_in_use(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = recipes.create_owned_pack(harness, caller.org, visibility="community", origins=recipes.ANY)
    return _on(harness, operation, caller, recipes.reference_pack(harness, fact, choose_other_org(harness, caller)))


def _ask_with_purge_failing(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = recipes.create_owned_pack(harness, caller.org)
    recipes.let_purge_fail(harness, fact)
    return _on(harness, operation, caller, fact)


def _ask_for_not_editable(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    return _on(harness, operation, caller, recipes.create_owned_pack(harness, caller.org, origins=recipes.IMAGE))


def _rename_manifest(operation: Operation, request: Request) -> Request:
    """Return the replacement of the manifest by one that is right but for the name."""
    content = pack_yaml("conformance-other", VERSION)
    return replace(with_part(operation, request, "pack.yaml"), content=content)


def _cut_short(harness: Harness, operation: Operation) -> Provoking:
    """Return an upload of an archive that ends too early."""
    packed = archives.write_files(pack_files(harness.make_fresh_name()))
    return harness.able(operation), with_parts(operation, {}, archive_parts(packed[: len(packed) // 2]))


def _ask_for_absent_file(operation: Operation, request: Request) -> Request:
    return with_part(operation, request, "data/absent.txt")


TWICE = Cause(send_twice, FOR_SOMEBODY)
IN_USE = Cause(_ask_in_use, need_somebody_with((SECOND_ORG,)))
PURGE_FAILS = Cause(_ask_with_purge_failing, need_somebody_with((state("registry purge fails"),)))
NOT_EDITABLE = Cause(_ask_for_not_editable, need_somebody_with((state(AVAILABLE), IMAGE_REF)))
RENAMED = Cause(change_right_request(_rename_manifest), FOR_SOMEBODY)
CUT_SHORT = Cause(_cut_short, FOR_SOMEBODY)
ABSENT_FILE = Cause(change_right_request(_ask_for_absent_file), FOR_SOMEBODY)
