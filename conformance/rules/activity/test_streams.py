"""Clause streams: what comes down a stream of events, in which form, and to whom."""

from __future__ import annotations

from dataclasses import replace

from conformance import needs
from conformance.contract.contract import Operation
from conformance.oracle.effect import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS
from conformance.recipes.credentials import is_session, issued_of_each_kind
from conformance.recipes.reading import changed
from conformance.recipes.valid import valid
from conformance.resources.events.log import MANY, column, ids
from conformance.resources.events.source import source_of
from conformance.resources.events.streams import (
    ACTIVITY,
    content,
    event_of,
    follows,
    names,
    replayed,
)
from conformance.results.difference import of_field, of_list
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

EACH_STREAM = over("operation", lambda scope: filter(follows, scope.operations))
LINES = frozenset({"event", "id", "data"})


@rule("STREAM-FORM")
@EACH_STREAM
def test_an_event_has_its_form(harness: Harness, operation: Operation) -> None:
    """Events that were missed come with type, id and one line of data, which is the event as the log has it."""
    known, exchange = replayed(source_of(harness, operation))
    listed = {str(each.get("id")): each for each in known.missed}
    for sent in content(exchange).events:
        kinds = [line.partition(":")[0] for line in sent.lines if not line.startswith(":")]
        right = sorted(kinds) == sorted(LINES)
        harness.check(right, exchange, "one line each of event, id and data", " ".join(kinds) or "none")
        harness.check(sent.type == ACTIVITY, exchange, f"event: {ACTIVITY}", f"event: {sent.type}")
        shown = event_of(sent)
        same = sent.id == str(shown.get("id"))
        evidence = of_field("id", sent.id, shown.get("id"))
        harness.check(same, exchange, "the id of its data", sent.id or "none", evidence=evidence)
        if (before := listed.get(sent.id)) is not None:
            differs = changed(harness.contract, before, shown)
            said = "the event as the log has it", f"another {', '.join(differs)}"
            harness.check(not differs, exchange, *said)


@rule("STREAM-REPLAY")
@EACH_STREAM
def test_what_was_missed_comes_first(harness: Harness, operation: Operation) -> None:
    """Whoever says what came last is sent all that came after it, once and in order."""
    known, exchange = replayed(source_of(harness, operation))
    expected, got = ids(known.missed), names(content(exchange))[: len(known.missed)]
    said = f"the {len(expected)} events after the last one", f"{len(got)} others"
    evidence = of_list(f"{len(expected)} events", f"{len(got)} events")
    harness.check(got == expected, exchange, *said, evidence=evidence, effect=DataEffect.LOST)


@rule("STREAM-ONLY-ACTIVITY")
@EACH_STREAM
def test_nothing_else_comes_down_it(harness: Harness, operation: Operation) -> None:
    """What was missed holds events of other categories, or workspaces, too; the stream has none of them."""
    source = source_of(harness, operation)
    known, exchange = replayed(source, MANY)
    if not known.others:
        raise NotProvoked("the log holds nothing else since then")
    for sent in content(exchange).events:
        shown = event_of(sent)
        category, org = column(shown, "category"), column(shown, "org_id")
        said, evidence = f"an event of category {ACTIVITY}", of_field("category", ACTIVITY, category)
        harness.check(category == ACTIVITY, exchange, said, category or "none", evidence=evidence)
        foreign = org not in ("", known.org)
        evidence = of_field("org_id", known.org, org)
        said = f"an event of {known.org}"
        harness.check(not foreign, exchange, said, org, evidence=evidence, effect=DataEffect.LEAKED)
        if source.workspace is not None:
            right, got = source.workspace.id, column(shown, "workspace_id")
            said, evidence = f"an event of {right}", of_field("workspace_id", right, got)
            harness.check(got == right, exchange, said, got or "of none", evidence=evidence)


@rule("STREAM-KEY-QUERY")
@EACH_STREAM
def test_a_key_is_taken_in_the_query(harness: Harness, operation: Operation) -> None:
    """A new key, made by a provider state, whose bearer is served stands in the query, and there is no header."""
    caller = next((each for each in issued_of_each_kind(harness, operation) if not is_session(each)), None)
    if operation.query_key is None or caller is None:
        raise NotProvoked("no API key of the profile may open a stream", needs.PERMISSION_SET)
    request = valid(harness, operation, caller)
    harness.hold(caller, request)
    exchange = harness.send(ANONYMOUS, replace(request, query=f"{operation.query_key}={caller.token}"), org=caller.org)
    harness.check(exchange.succeeded, exchange, "200 to a key in the query", str(exchange))
