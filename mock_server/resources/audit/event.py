"""Events: what a world holds of each, its id, and the fixtures that stand for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta
from msgspec.structs import asdict

from mock_server.resources.orgs import ORGS
from mock_server.state import records
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.invention import Inventor
from mock_server.state.log import LogObjects
from mock_server.state.records import Lookup, Record, RecordProblem
from mock_server.state.state import State
from mock_server.state.value import Value, replace

Category = Literal["audit", "activity"]
Actor = Literal["control-plane", "policy-engine", "agent"]
Decision = Literal["allow", "deny"]
Column = Literal[
    "event_type",
    "category",
    "actor",
    "user_id",
    "workspace_id",
    "task_id",
    "agent_role",
    "agent_provider",
    "destination",
    "method",
    "decision",
    "phase",
    "policy_type",
    "status",
    "resource_id",
]
"""The columns that events are filtered and grouped by."""

COLUMNS: tuple[Column, ...] = get_args(Column)
MOST_OF_ORG = 10_000
"""The events that an org keeps: the latest."""
SYSTEM = "system"
"""The user of what no person did."""

Text = Annotated[str, Meta(min_length=1)]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class _Columns(Value):
    """The columns that an event and its fixture both have."""

    org_id: str
    user_id: Text
    timestamp: datetime
    event_type: Text
    category: Category = "audit"
    actor: Actor = "control-plane"
    resource_id: Text | None = None
    workspace_id: Text | None = None
    task_id: Text | None = None
    agent_role: Text | None = None
    agent_provider: Text | None = None
    destination: Text | None = None
    method: Text | None = None
    decision: Decision | None = None
    phase: Text | None = None
    policy_type: Text | None = None
    status: Text | None = None
    debits: Mapping[str, float] | None = None
    latency_ms: float | None = None
    transforms_failed: Mapping[str, str] | None = None
    auth_failures: Mapping[str, str] | None = None


class Event(_Columns):
    """One event."""

    id: str = ""


class EventItem(_Columns):
    """An event of the seed data, or as many as `times` says, each `every_days` after the one before."""

    times: int = 1
    every_days: int = 1


def to_milliseconds(moment: datetime) -> int:
    """Return the milliseconds from 1970 to a moment."""
    return (moment - _EPOCH) // _MILLISECOND


def round_to_milliseconds(moment: datetime) -> datetime:
    """Return the moment as exactly as events have it."""
    return moment - (moment - _EPOCH) % _MILLISECOND


def make_first_id(moment: datetime) -> str:
    """Return a text that no id of an event at this moment or later comes before."""
    digits = f"{max(0, to_milliseconds(moment)):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def make_event_id(moment: datetime, count: int) -> str:
    """Return the UUIDv7 of a moment and a count; it sorts by both. Of a count all bits are 0 that no world comes to."""
    digits = f"{(moment - _EPOCH) // _MILLISECOND:012x}{count:015x}"
    return f"{digits[:8]}-{digits[8:12]}-7000-8{digits[12:15]}-{digits[15:]}"


def show_event(event: Event, _org_id: str) -> Mapping[str, Any]:
    """Return what is shown of an event: the columns that it has, its time in milliseconds."""
    columns = asdict(event).items()  # type: ignore[arg-type]  # a Struct, see `Value`
    shown = {"id": event.id, **{name: value for name, value in columns if value is not None}}
    shown["timestamp"] = event.timestamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return shown


def add_event(state: State, item: EventItem) -> State:
    """Return the state with the events of an item of the fixtures."""
    columns = {name: getattr(item, name) for name in _Columns.__struct_fields__}
    for time in range(item.times):
        moment = round_to_milliseconds(item.timestamp + timedelta(days=time * item.every_days))
        state = with_event(state, Event(**{**columns, "timestamp": moment}))
    return state


def with_event(state: State, event: Event) -> State:
    """Return the state with one more event, which gets its id; the oldest of its org goes where there are too many."""
    count = state.find_next_count(EVENTS.noun)
    return state.append(EVENTS, replace(event, id=make_event_id(event.timestamp, count)), count)


def read_log(state: State, org_id: str) -> Sequence[Event]:
    """Return the events of an org, by time."""
    objects: LogObjects = state.all(EVENTS)  # type: ignore[assignment]  # of a log it is one
    return objects.read_org(org_id)


def _read(key: str, record: Record, _lookup: Lookup) -> Event:
    event = records.from_record(Event, record, {"id": key})
    moment = round_to_milliseconds(event.timestamp)
    if moment != event.timestamp:
        raise RecordProblem("The time of an event is in milliseconds.", "timestamp")
    if not key.startswith(f"{make_first_id(moment)}-7"):
        raise RecordProblem(f"Its id is no UUIDv7 of this time, which begins {make_first_id(moment)}-7.", "timestamp")
    return event


def _invent(some: Inventor) -> Mapping[str, Any]:
    return {
        "user_id": SYSTEM,
        "timestamp": some.make_times()[0],
        "event_type": "policy_decision",
        "actor": "policy-engine",
        "destination": f"{some.make_name()}.example",
        "method": some.choose(("GET", "POST", "PUT")),
        "phase": "request_headers",
        "policy_type": "http",
        "decision": some.choose(("allow", "allow", "allow", "deny")),
        "latency_ms": some.draw_count(5, 900),
    }


EVENTS = Collection(
    Event,
    "events",
    refers={"org_id": ORGS},
    schema="Event",
    visible=is_same_org,
    view=show_event,
    fixtures=Fixtures(
        item=EventItem, key=("org_id", "timestamp", "event_type", "user_id"), add=add_event, invent=_invent
    ),
    own_read=_read,
    description="What happened, by time; an org keeps its latest 10,000.",
    log=MOST_OF_ORG,
)
