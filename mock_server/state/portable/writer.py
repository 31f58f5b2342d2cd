"""Write a state as the document that it is told in."""

from __future__ import annotations

from typing import Any

import orjson
from msgspec import Raw

from mock_server.state.collection import Collection, Key, list_steps
from mock_server.state.portable.schema import list_sections
from mock_server.state.records import Record, make_clock_record
from mock_server.state.state import State

FORMAT = "evershell-mock-state/1"

Document = dict[str, Any]


def write(state: State) -> bytes:
    """Return the state as JSON, the same bytes for the same state."""
    return orjson.dumps(
        to_document(state), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )


def to_document(state: State) -> Document:
    """Return the state as the values that JSON has."""
    told = [table for table in state.tables.values() if not table.collection.transient]
    collections = [table.collection for table in told]
    found: Document = {"format": FORMAT, "clock": make_clock_record(state.clock), "counters": dict(state.counters)}
    found |= {each.name: {} for each in collections}
    found |= {each.name: {} for each in list_sections(collections)}
    for table in told:
        for key, value in table.objects.items():
            put_object(found, table.collection, key, value)
    return found


def put_object(document: Document, collection: Collection[Any], key: Key, value: Any) -> None:
    """Put the record of an object into a document, step by step where its key has several, and what it shares."""
    put_record(document, collection, key, collection.to_record(value))
    for section, part in collection.list_shared(value):
        records, name, record = document.setdefault(section.name, {}), section.digest(part), section.record(part)
        records[name] = section.prefer(records[name], record) if name in records else record


def put_record(document: Document, collection: Collection[Any], key: Key, record: Record | Raw | None) -> None:
    """Put a record, or None, into a document under the key of an object."""
    *around, last = (collection.name, *list_steps(key))
    for step in around:
        document = document.setdefault(step, {})
    document[last] = record


def collect_shared_parts(state: State) -> dict[tuple[str, str], Any]:
    """Return what the objects of a state share, by section and name."""
    return {
        (section.name, section.digest(part)): part
        for table in state.tables.values()
        for value in (table.objects.values() if table.collection.shares is not None else ())
        for section, part in table.collection.list_shared(value)
    }
