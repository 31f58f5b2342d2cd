"""From a state to the document that it is told in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import orjson

from mock_server.resources.packs.images import Image
from mock_server.resources.packs.registry import Held
from mock_server.state.records import (
    Record,
    clock_record,
    content_record,
    credential_record,
    image_record,
    member_record,
    org_record,
    pack_record,
    repository_record,
    role_record,
)
from mock_server.state.state import State

FORMAT = "evershell-mock-state/1"

T = TypeVar("T")


def written(state: State) -> bytes:
    """Return the state as JSON, the same bytes for the same state."""
    return orjson.dumps(_document(state), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _document(state: State) -> Record:
    held = {each.digest: each for each in _held(state)}
    images = [each for each in held.values() if isinstance(each, Image)]
    contents = {content.digest: content for image in images for content in image.files.values()}
    return {
        "format": FORMAT,
        "clock": clock_record(state.clock),
        "counters": dict(state.counters),
        "orgs": _each(state.orgs, org_record),
        "members": _by_org(state),
        "roles": _each(state.roles, role_record),
        "packs": _each(state.packs, pack_record),
        "registry": _each(state.registry.repositories, repository_record),
        "images": _each(held, image_record),
        "contents": {digest.hex(): content_record(content) for digest, content in contents.items()},
        "credentials": _each(state.credentials, credential_record),
    }


def _each(collection: Mapping[str, T], record: Callable[[T], Any]) -> Record:
    return {key: record(value) for key, value in collection.items()}


def _by_org(state: State) -> Record:
    orgs: dict[str, Record] = {}
    for member in state.members.values():
        orgs.setdefault(member.org_id, {})[member.user_id] = member_record(member)
    return orgs


def _held(state: State) -> Iterator[Held]:
    """Everything with a digest; of two with the same, the one that is a pack last, so that it stays."""
    for tags in state.registry.repositories.values():
        yield from tags.values()
    for pack in state.packs.values():
        yield pack.image
