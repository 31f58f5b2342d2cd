"""One org with a role, in a state without anything else, and what its workspaces and tasks do by the clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.audit.event import EVENTS, Event
from mock_server.resources.orgs import ORGS, Org
from mock_server.resources.providers.provider import PROVIDERS, Provider
from mock_server.resources.workspaces.life.playing import play_due
from mock_server.resources.workspaces.task import TASKS, Task
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from tests.mock_server.states import empty

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
USER, OTHER = "usr_1", "usr_2"
PROVIDER = Provider("provider_1", "org_1", "main", "anthropic", "api.anthropic.example", NOW, NOW)
ROLE = Role("role_1", "org_1", "dev", "provider_1", NOW, NOW, environment="staging")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def beginning(**fields: Any) -> State:
    """The state of an org that has a role, and no workspace yet."""
    return empty(**fields).put(ORGS, Org("org_1", "One", "active")).put(PROVIDERS, PROVIDER).put(ROLES, ROLE)


def at(state: State, seconds: float) -> State:
    """The state so many seconds after NOW."""
    return play_due(state, after(seconds))


def workspace(state: State, key: str | None = None) -> Workspace:
    """The workspace of an id, or the one that there is."""
    objects = state.all(WORKSPACES)
    return objects[key] if key is not None else next(iter(objects.values()))


def task(state: State, key: str) -> Task:
    return state.all(TASKS)[key]


def statuses(state: State, *keys: str) -> list[str]:
    return [task(state, key).status for key in keys]


def events(state: State, *types: str) -> list[Event]:
    """The events in the order of their ids, of these types alone where some are named."""
    found = sorted(state.all(EVENTS).values(), key=lambda each: each.id)
    return [each for each in found if not types or each.event_type in types]


def told(state: State) -> list[tuple[str, float]]:
    """The types of the events, each with the seconds since NOW."""
    return [(each.event_type, (each.timestamp - NOW).total_seconds()) for each in events(state)]
