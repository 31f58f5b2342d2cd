"""Whatever the contract leaves free is taken by a variant of the second server, on which the suite has no finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from examples.second_server.variants import VARIANTS, Variant
from tests.circumstances.variants import Document, on_objects
from tests.examples.second import judged, profile, serving
from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying

EXCLUDED: tuple[frozenset[Variant], ...] = (
    frozenset({Variant.SERVER_SET_REFUSED, Variant.SERVER_SET_IGNORED}),
    frozenset({Variant.SLASH_IN_LISTS, Variant.SLASH_IN_READS}),
    frozenset({Variant.FIRST_PART, Variant.PART_TWICE_REFUSED}),
    frozenset({Variant.REPLAY_ALL, Variant.LATE_EVENTS}),
    frozenset({Variant.WHOLE_SECONDS, Variant.TENTHS}),
    frozenset({Variant.WHOLE_SECONDS, Variant.EVENT_TIMES_CUT}),
    frozenset({Variant.BODY_REFUSED, Variant.BODY_TOO_LARGE}),
)
"""Of each of these a server takes one way at most."""
TOGETHER: tuple[frozenset[Variant], ...] = (
    frozenset(Variant) - frozenset().union(*({min(each)} for each in EXCLUDED)),
    frozenset().union(*({min(each)} for each in EXCLUDED)),
)
"""Every way, in as few servers as can be."""
ACCUSED = (
    "ACTIVITY-AFTER",
    "ACTIVITY-WRITTEN",
    "ARCHIVE-AGAIN",
    "AUDIT-CURSOR-BAD",
    "CONFIG-CREATE-APPLIES",
    "CONFIG-PATCH-APPLIES",
    "CREATE-DISPLAY-NAME",
    "CREATE-METADATA",
    "CREATE-VISIBILITY",
    "CREDENTIAL-SECRET-NEEDED",
    "EFFECT-EVERY-CALLER",
    "FILE-LISTED",
    "FILES-LISTED",
    "IMAGE-UNKNOWN",
    "PARALLEL-STEPS",
    "PACK-PATCH-UPDATED-AT",
    "SESSION-CALLER",
    "STREAM-REPLAY",
    "TASK-CANCEL",
    "WORKSPACE-ROLE-NAMED",
)
"""Rules by which a variant was accused once, and that take few seconds."""
OF_ANY_REQUEST = ("CONTRACT-RIGHT-ANSWER", "PROTOCOL-TRAILING-SLASH")
"""Such rules of every operation, which are judged at a few of them."""
AT = ("packs.get", "packs.list_files", "api_keys.revoke")


def judged_with(folder: Path, variants: Iterable[Variant], *options: str, states: bool = True) -> list[Any]:
    """What the suite finds on the second server with these variants."""
    taken = [text for each in sorted(variants) for text in ("--variant", each)]
    with serving(*taken, *(() if states else ("--no-states",))) as origin:
        target = profile(folder, origin, states=states)
        _, results = judged(folder, target, "--strict", "--budget", "quick", *options)
    assert results["errors"] == results["left_behind"] == []
    found: list[Any] = results["findings"]
    return [(each["rule"], each["case"], each["expected"], each["got"]) for each in found]


def test_every_variant_is_taken_and_told() -> None:
    assert frozenset().union(*TOGETHER) == frozenset(Variant) == VARIANTS.keys()
    assert not any(each <= taken for each in EXCLUDED for taken in TOGETHER)


@pytest.mark.parametrize("variants", TOGETHER, ids=["most", "others"])
def test_what_was_accused_once_is_not_any_more(tmp_path: Path, variants: frozenset[Variant]) -> None:
    assert judged_with(tmp_path, variants, *(text for each in ACCUSED for text in ("--rule", each))) == []


@pytest.mark.parametrize("variants", TOGETHER, ids=["most", "others"])
def test_what_the_form_of_a_request_leaves_free_is_right(tmp_path: Path, variants: frozenset[Variant]) -> None:
    """A body that nobody asked for, a path that ends in a slash, and an escape that is none."""
    asked = [f"--rule={each}" for each in OF_ANY_REQUEST] + [f"--operation={each}" for each in AT]
    assert judged_with(tmp_path, variants, *asked) == []


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("states", [True, False], ids=["states", "no-states"])
@pytest.mark.parametrize("variants", TOGETHER, ids=["most", "others"])
def test_several_free_ways_are_all_right(tmp_path: Path, variants: frozenset[Variant], states: bool) -> None:
    assert judged_with(tmp_path, variants, states=states) == []


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("variant", Variant)
def test_a_free_way_is_right(tmp_path: Path, variant: Variant) -> None:
    assert judged_with(tmp_path, [variant]) == []


def on_others(change: Callable[[Document], Document]) -> Behaviour:
    """Return what changes each pack that is not the viewer's own."""
    return on_objects(lambda shown: shown if shown["owned"] else change(shown))


def on_answers(method: str, end: str, change: Callable[[Request, Answer], Answer]) -> Behaviour:
    """Return what changes the answers to requests of this method for a path with this end."""

    def replaces(request: Request, answer: Answer) -> Answer:
        asked = request.method == method and request.path.partition("?")[0].endswith(end)
        return change(request, answer) if asked and answer.status < 300 else answer

    return Behaviour(replaces=replaces)


def believed(request: Request, answer: Answer) -> Answer:
    """The answer of a server that has what was sent where it sets a field itself."""
    sent = request.json if isinstance(request.json, dict) else {}
    return answer.with_json({**answer.json, "org_id": sent["org_id"]}) if "org_id" in sent else answer


def named_by_its_client(request: Request, answer: Answer) -> Answer:
    """The refusal of a server that takes the id of a request from its client."""
    sent = request.headers.get("x-request-id")
    if sent is None or answer.status < 400:
        return answer
    told = {"error": {**answer.json["error"], "request_id": sent}}
    return replace(answer.with_json(told), headers=answer.headers.changed("X-Request-Id", sent))


def of_both(request: Request, answer: Answer) -> Answer:
    """The session of a server that adds up what two credentials may do."""
    twice = sum(name.lower() == "authorization" for name, _ in request.headers.pairs) > 1
    more = [*answer.json["permissions"], "audit:of-the-other"] if twice else answer.json["permissions"]
    return answer.with_json({**answer.json, "permissions": more})


def _sets_a_secret(request: Request, answer: Answer) -> bool:
    return request.method == "PUT" and "/secrets/" in request.path and answer.status < 300


def telling(request: Request, answer: Answer) -> Answer:
    """The answer of a server that tells the beginning of the secret that was sent."""
    return answer.with_json({**answer.json, "hint": str(request.json["value"])[:12]})


def trimmed(_: Request, answer: Answer) -> Answer:
    """The answer of a server that trims what people are shown."""
    return answer.with_json({name: v.strip() if name == "display_name" else v for name, v in answer.json.items()})


MISTAKES: dict[str, tuple[Any, ...]] = {
    "an-id-of-the-clients": (
        Behaviour(replaces=named_by_its_client),
        "ENVELOPE-REQUEST-ID-UNIQUE",
        "--operation=packs.list",
    ),
    "the-rights-of-two": (on_answers("GET", "/me/session", of_both), "SESSION-CALLER"),
    "a-part-of-a-secret": (
        Behaviour(replaces=lambda it, answer: telling(it, answer) if _sets_a_secret(it, answer) else answer),
        "SECRET-HIDDEN",
    ),
    "a-trimmed-text": (
        on_answers("PATCH", "", trimmed),  # of what stays for good a server that stays is sent one object alone
        "CONFIG-PATCH-APPLIES",
        "--operation=providers.update",
    ),
    "another-image-ref": (on_others(lambda it: {**it, "image_ref": "r.example/a:1.0.0"}), "EFFECT-EVERY-CALLER"),
    "org-shown-to-others": (on_others(lambda it: {**it, "org_id": "org_other"}), "OWNERSHIP-ORG-ID"),
    "words-in-small-letters": (
        on_objects(lambda it: {**it, "display_name": it["display_name"].lower()}),
        "CREATE-DISPLAY-NAME",
    ),
    "what-was-sent-is-believed": (on_answers("POST", "/v1/providers", believed), "CONFIG-CREATE-APPLIES"),
    "other-capabilities": (
        on_answers("POST", "/v1/agent-roles", lambda _, it: it.with_json({**it.json, "capabilities": "- name: x\n"})),
        "CONFIG-CREATE-APPLIES",
    ),
    "cancelled-with-another-body": (
        on_answers("POST", "/task/cancel", lambda _, it: it.with_json({"status": "done"})),
        "CONTRACT-BODY-SCHEMA",
        "--operation=tasks.cancel",
    ),
    "archived-without-a-body": (
        on_answers("POST", "/archive", lambda _, it: replace(it, body=b"", headers=it.headers.without("content-type"))),
        "CONTRACT-CONTENT-TYPE",
        "--operation=providers.archive",
    ),
}
"""By name: a mistake beside what is free, the rule that finds it, and options that narrow the run."""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_beside_what_is_free_is_found(tmp_path: Path, name: str) -> None:
    mistake, rule, *only = MISTAKES[name]
    with serving("--variant", Variant.SERVER_SET_IGNORED) as origin, proxying(origin) as between:
        between.add(mistake)
        target = profile(tmp_path, between.origin)
        ended, results = judged(tmp_path, target, "--strict", "--budget", "quick", "--rule", rule, *only)
    assert ended.code == 1, ended.said
    assert rule in {each["rule"] for each in results["findings"]}
