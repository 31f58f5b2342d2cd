"""From a state to the document that it is told in."""

from __future__ import annotations

from typing import Any

import orjson

from mock_server.state.portable.schema import sections_of
from mock_server.state.records import clock_record
from mock_server.state.state import State

FORMAT = "evershell-mock-state/1"

Document = dict[str, Any]


def written(state: State) -> bytes:
    """Return the state as JSON, the same bytes for the same state."""
    return orjson.dumps(document(state), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def document(state: State) -> Document:
    """Return the state as the values that JSON has."""
    told = [table for table in state.tables.values() if not table.collection.transient]
    sections: dict[str, Document] = {each.name: {} for each in sections_of(table.collection for table in told)}
    for table in told:
        for value in table.objects.values():
            for section, part in table.collection.shared_by(value):
                records, name, record = sections[section.name], section.digest(part), section.record(part)
                records[name] = section.prefer(records[name], record) if name in records else record
    return {
        "format": FORMAT,
        "clock": clock_record(state.clock),
        "counters": dict(state.counters),
        **{table.collection.name: records_of(state, table.collection.name) for table in told},
        **sections,
    }


def records_of(state: State, name: str) -> Document:
    """Return the records of a collection by their keys; of a key of several parts, step by step."""
    table = state.tables[name]
    found: Document = {}
    for key, value in table.objects.items():
        record = table.collection.record(value)
        if isinstance(key, tuple):
            *around, last = key
            holder = found
            for step in around:
                holder = holder.setdefault(step, {})
            holder[last] = record
        else:
            found[key] = record
    return found
