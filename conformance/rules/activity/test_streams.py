"""Clause streams: what comes down a stream of events, in which form, and to whom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from conformance import needs
from conformance.contract.contract import Operation, Provenance
from conformance.http.event_stream import Following
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS
from conformance.recipes.making import create_owned
from conformance.recipes.people import is_session, issue_of_each_kind
from conformance.recipes.reading import differing_fields
from conformance.recipes.valid import build_valid
from conformance.resources.events.log import MANY, Event, get_column, list_auditors, list_events, list_ids, read
from conformance.resources.events.source import Source, find_source, happen, make_own_source
from conformance.resources.events.streams import (
    ACTIVITY,
    LONGEST_S,
    build_request_after,
    content,
    follow,
    is_followed,
    list_sent_ids,
    read_event,
    replay,
)
from conformance.resources.workspaces import WORKSPACE
from conformance.results.difference import from_field, from_list
from conformance.running.binding import over, rule, takes_long
from conformance.session.harness import Harness

EACH_STREAM = over("operation", lambda scope: filter(is_followed, scope.operations))
AT_FIRST_S, OPENING_S = 1.0, 2.2
"""Seconds in which it shows whether a stream brings anything yet, and those from its opening in which it need not."""
LIVE = 3
"""The number of times that something happens while a stream is open."""
SILENCE_S, SLACK_S = 20.0, 1.0
ENOUGH = 2
"""Comments after which no more are waited for."""
HEARTBEATS = needs.Need(
    f"limits.stream_seconds above {SILENCE_S:g}", met=lambda profile: profile.limits.stream_seconds > SILENCE_S
)
LINES = frozenset({"event", "id", "data"})


@rule("STREAM-FORM")
@EACH_STREAM
def test_an_event_has_its_form(harness: Harness, operation: Operation) -> None:
    """Events that were missed come with type, id and one line of data, which is the event as the log has it."""
    known, exchange = replay(find_source(harness, operation))
    listed = {str(each.get("id")): each for each in known.missed}
    for sent in content(exchange).events:
        kinds = [line.partition(":")[0] for line in sent.lines if not line.startswith(":")]
        right = sorted(kinds) == sorted(LINES)
        harness.check(right, exchange, "one line each of event, id and data", " ".join(kinds) or "none")
        harness.check(sent.type == ACTIVITY, exchange, f"event: {ACTIVITY}", f"event: {sent.type}")
        shown = read_event(sent)
        same = sent.id == str(shown.get("id"))
        evidence = from_field("id", sent.id, shown.get("id"))
        harness.check(same, exchange, "the id of its data", sent.id or "none", evidence=evidence)
        if (before := listed.get(sent.id)) is not None:
            differs = differing_fields(harness.contract, before, shown)
            said = "the event as the log has it", f"another {', '.join(differs)}"
            harness.check(not differs, exchange, *said)


@rule("STREAM-REPLAY")
@EACH_STREAM
def test_what_was_missed_comes_first(harness: Harness, operation: Operation) -> None:
    """A client that names the last event it has is sent all that came after it, once and in order; so is another.

    The other one, somebody else where the profile has one, has an event more.
    """
    source = find_source(harness, operation)
    known, exchange = replay(source)
    first, *later = list_ids(known.missed)
    _check_missed(harness, exchange, [first, *later])
    other = next(
        (each for each in list_auditors(harness, known.org, operation) if each != source.caller), source.caller
    )
    again = build_request_after(replace(source, caller=other), first, len(later))
    _check_missed(harness, harness.hold(other, again), later)


def _check_missed(harness: Harness, exchange: Exchange, expected: Sequence[str]) -> None:
    """Check that the first events of a stream are these."""
    got = list_sent_ids(content(exchange))[: len(expected)]
    said = f"the {len(expected)} events after the last one", f"{len(got)} others"
    evidence = from_list(f"{len(expected)} events", f"{len(got)} events")
    harness.check(got == expected, exchange, *said, evidence=evidence, effect=DataEffect.LOST)


@rule("STREAM-REPLAY")
@EACH_STREAM
@over("last", lambda _: ["of-no-event", "00000000-0000-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"])
def test_the_id_of_no_event_is_no_mistake(harness: Harness, operation: Operation, last: str) -> None:
    """A client that names no event is served: all that is kept, or what happens from then on."""
    source = find_source(harness, operation)
    exchange = harness.send(source.caller, build_request_after(source, last, 0))
    harness.check(exchange.has_succeeded, exchange, "200, whatever came last", str(exchange))
    came = list_sent_ids(content(exchange))
    said = "each event once and in the order of their ids", "one twice, or before an earlier one"
    harness.check(came == sorted({*came}), exchange, *said, evidence=from_list(*said))


@rule("STREAM-ONLY-ACTIVITY")
@EACH_STREAM
def test_nothing_else_comes_down_it(harness: Harness, operation: Operation) -> None:
    """The stream has none of the events of other categories, or workspaces, among what was missed."""
    source = find_source(harness, operation)
    known, exchange = replay(source, MANY)
    if not known.others:
        raise NotProvoked("the log holds nothing else since then")
    for sent in content(exchange).events:
        shown = read_event(sent)
        category, org = get_column(shown, "category"), get_column(shown, "org_id")
        said, evidence = f"an event of category {ACTIVITY}", from_field("category", ACTIVITY, category)
        harness.check(category == ACTIVITY, exchange, said, category or "none", evidence=evidence)
        foreign = org not in ("", known.org)
        evidence = from_field("org_id", known.org, org)
        said = f"an event of {known.org}"
        harness.check(not foreign, exchange, said, org, evidence=evidence, effect=DataEffect.LEAKED)
        if source.workspace is not None:
            right, got = source.workspace.id, get_column(shown, "workspace_id")
            said, evidence = f"an event of {right}", from_field("workspace_id", right, got)
            harness.check(got == right, exchange, said, got or "of none", evidence=evidence)


@rule("STREAM-KEY-QUERY")
@EACH_STREAM
def test_a_key_is_taken_in_the_query(harness: Harness, operation: Operation) -> None:
    """A new key, made by a provider state, whose bearer is served stands in the query, and there is no header."""
    caller = next((each for each in issue_of_each_kind(harness, operation) if not is_session(each)), None)
    if operation.query_key is None or caller is None:
        raise NotProvoked("no API key of the profile may open a stream", needs.PERMISSION_SET)
    request = build_valid(harness, operation, caller)
    harness.hold(caller, request)
    exchange = harness.send(ANONYMOUS, replace(request, query=f"{operation.query_key}={caller.token}"), org=caller.org)
    harness.check(exchange.has_succeeded, exchange, "200 to a key in the query", str(exchange))


def _filter_by_workspace(found: Iterable[Event], workspace: Fact) -> list[str]:
    """Return the ids of the events of activity in a workspace."""
    return list_ids(
        each
        for each in found
        if get_column(each, "workspace_id") == workspace.id and get_column(each, "category") in (ACTIVITY, "")
    )


@rule("STREAM-LIVE")
@EACH_STREAM
def test_what_happens_comes_down_it(harness: Harness, operation: Operation) -> None:
    """While the stream is open a workspace is archived and taken into use again, several times; as before it opens."""
    source = make_own_source(harness, operation, 0)
    workspace = source.workspace or create_owned(harness, WORKSPACE, source.caller.org)
    happen(harness, workspace)
    oldest = _list_logged(source, workspace)[:1]
    came: list[str] = []

    def act(opened: Sequence[Following]) -> None:
        (following,) = opened
        happen(harness, workspace)
        if not following.wait(
            lambda content: bool(_filter_by_workspace(map(read_event, content.events), workspace)), AT_FIRST_S
        ):
            time.sleep(max(0.0, following.begun_at + OPENING_S - time.monotonic()))
        seen = _list_logged(source, workspace)
        happen(harness, workspace, LIVE)
        done_at, due = time.monotonic(), [name for name in _list_logged(source, workspace) if name not in seen]
        if not due:
            raise NotProvoked("the log has nothing of what was done")
        following.wait(lambda content: due[-1] in list_sent_ids(content), LONGEST_S)
        over = following.ended_at is not None and following.ended_at < done_at + AT_FIRST_S
        if over and due[-1] not in list_sent_ids(following.content):
            raise NotProvoked("the stream had ended before")
        came.extend(due)

    (exchange,) = follow(harness, [(source.caller, source.request(()))], act)
    every = _filter_by_workspace(map(read_event, content(exchange).events), workspace)
    said = "nothing that was over when it was opened", "the first event of the workspace"
    harness.check({*oldest}.isdisjoint(every), exchange, *said, Provenance.ASSUMED, evidence=from_list(*said))
    live = [name for name in every if name in came]
    said = f"the {len(came)} events of what was done meanwhile, once and in order", f"{len(live)} events"
    harness.check(live == came, exchange, *said, evidence=from_list(*said), effect=DataEffect.LOST)


def _list_logged(source: Source, workspace: Fact) -> list[str]:
    """Return the ids of the activity in a workspace, in their order, as the log has them."""
    return sorted(
        _filter_by_workspace(list_events(read(source.harness, source.caller, ("limit", str(MANY)))), workspace)
    )


@rule("STREAM-HEARTBEAT")
@takes_long
def test_a_comment_comes_every_now_and_then(harness: Harness) -> None:
    """Every stream there is is open until two comments have come, while nothing is done."""
    most = harness.profile.limits.stream_seconds
    if most <= SILENCE_S:
        raise NotProvoked(f"a stream is read for {most:g} seconds at most", HEARTBEATS)

    def listen(opened: Sequence[Following]) -> None:
        until = time.monotonic() + most
        for following in opened:
            while len(following.comments_at) < ENOUGH and (left := _measure_time_left(following, until)) > 0:
                following.wait(lambda content: content.comments >= ENOUGH, left)

    for exchange, following in _open_all(harness, listen):
        over = [] if len(following.comments_at) >= ENOUGH else [following.ended_at or following.left_at]
        moments = [following.begun_at, *following.comments_at, *over]
        longest = max(after - before for before, after in pairwise(moments))
        said = f"a comment at least every {SILENCE_S:g} seconds", f"none for {longest:.0f} seconds"
        harness.check(longest < SILENCE_S + SLACK_S, exchange, *said)


def _measure_time_left(following: Following, until: float) -> float:
    """Return the seconds after which a stream has been silent for too long, or the time is over.

    None where it has ended.
    """
    last = max([following.begun_at, *following.comments_at])
    return 0 if following.ended_at else min(until, last + SILENCE_S + SLACK_S) - time.monotonic()


@rule("STREAM-ENDS")
@takes_long
def test_a_stream_ends(harness: Harness) -> None:
    """Every stream there is is read to its end."""
    most = harness.profile.limits.stream_seconds
    if most <= needs.ENDS_WITHIN_S:
        raise NotProvoked(f"a stream is read for {most:g} seconds at most", needs.WHOLE_STREAMS)

    def listen(opened: Sequence[Following]) -> None:
        until = time.monotonic() + min(most, needs.ENDS_WITHIN_S + SLACK_S)
        for following in opened:
            following.wait_for_end(max(0.0, until - time.monotonic()))

    for exchange, following in _open_all(harness, listen):
        said = f"its end within {needs.ENDS_WITHIN_S} seconds", "none"
        harness.check(following.ended_at is not None, exchange, *said)
        harness.check(not following.cut, exchange, "an end that is told", "a connection that was closed in its middle")


def _open_all(harness: Harness, acting: Callable[[Sequence[Following]], None]) -> Iterator[tuple[Exchange, Following]]:
    """Yield each stream of the contract, open at the same time as the others, and what had come of it."""
    sources = [make_own_source(harness, each, 0) for each in harness.contract.operations.values() if is_followed(each)]
    kept: list[Following] = []

    def act(opened: Sequence[Following]) -> None:
        kept.extend(opened)
        acting(opened)

    exchanges = follow(harness, [(each.caller, each.request(())) for each in sources], act)
    return zip(exchanges, kept, strict=True)
