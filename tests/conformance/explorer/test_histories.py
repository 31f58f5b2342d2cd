"""Which answers to requests that overlapped, and to reads after them, some order of the requests explains."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.explorer.histories import CallerExchange, History, Misfit
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import DataEffect
from conformance.oracle.facts import State
from conformance.oracle.learning import observe
from conformance.profile import Caller
from conformance.recipes.requests import build, with_json
from conformance.recipes.steps import ConfiguredSteps

SCOPES = frozenset({"caps:read", "caps:write"})
OWNER = Caller("acme-owner", "org_acme", "t", role="owner", scopes=SCOPES)
AT_FIRST = {
    "id": "provider_1",
    "org_id": "org_acme",
    "name": "first",
    "kind": "openai",
    "domain": "api.example",
    "display_name": "At first",
    "default_model": "model-1",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
}
NAME, MODEL = {"display_name": "New"}, {"default_model": "model-2"}
JSON = (("Content-Type", "application/json"),)
Times = tuple[float, float]
AT_ONCE: Times = (1.0, 2.0)


class Story:
    """Exchanges about one provider, which stands."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        created = with_json(contract.operations["providers.create"], {}, {"name": "first", "kind": "openai"})
        state = State(contract=contract, is_own_world=True)
        self.before = observe(state, OWNER, self.answered(created, 201, AT_FIRST).exchange)

    def answered(self, request: Request, status: int, body: Any, times: Times = AT_ONCE) -> CallerExchange:
        content = json.dumps(body).encode()
        took = (times[1] - times[0]) * 1000
        return CallerExchange(
            OWNER, Exchange(OWNER.name, request, "", status, JSON, content, took, number=1, started=times[0])
        )

    def patch(self, sent: Mapping[str, Any], *shown: Mapping[str, Any], times: Times = AT_ONCE) -> CallerExchange:
        """An update that is served, and shows what it sent and these fields."""
        request = with_json(self.contract.operations["providers.update"], {"id": "provider_1"}, sent)
        body = {name: value for each in (AT_FIRST, sent, *shown) for name, value in each.items()}
        return self.answered(request, 200, body, times)

    def archive(self, status: int = 200) -> CallerExchange:
        request = build(self.contract.operations["providers.archive"], {"id": "provider_1"})
        return self.answered(request, status, {**AT_FIRST, "archived_at": "2026-01-02T00:00:00Z"})

    def read(self, *shown: Mapping[str, Any], times: Times = AT_ONCE) -> CallerExchange:
        """A read that shows these fields."""
        request = build(self.contract.operations["providers.get"], {"id": "provider_1"})
        return self.answered(request, 200, {name: v for each in (AT_FIRST, *shown) for name, v in each.items()}, times)

    def listed(self, *ids: str) -> CallerExchange:
        """A list that shows providers of these ids."""
        shown = [{**AT_FIRST, "id": each} for each in ids]
        return self.answered(build(self.contract.operations["providers.list"]), 200, {"providers": shown})

    def misfit(
        self, together: Sequence[CallerExchange], *looks: CallerExchange, overlap: bool = False
    ) -> Misfit | None:
        """What no order explains, if anything."""

        def steps(resource: Any, caller: Caller) -> ConfiguredSteps:
            return ConfiguredSteps(None, resource, caller, None)  # type: ignore[arg-type]  # which asks for nothing

        history = History(self.before, together, looks, steps, has_overlap=overlap)
        return None if history.find_explanation() is not None else history.misfit


@pytest.fixture
def story(contract: Contract) -> Story:
    return Story(contract)


def test_two_changes_that_are_both_left_are_explained(story: Story) -> None:
    assert story.misfit([story.patch(NAME), story.patch(MODEL, NAME)], story.read(NAME, MODEL)) is None


def test_an_answer_may_show_what_another_write_did_right_after_it(story: Story) -> None:
    assert story.misfit([story.patch(NAME, MODEL), story.patch(MODEL, NAME)], story.read(NAME, MODEL)) is None


def test_a_change_that_is_taken_back_by_another_is_not(story: Story) -> None:
    found = story.misfit([story.patch(NAME), story.patch(MODEL)], story.read(MODEL))
    assert found is not None
    assert found.effect == DataEffect.LOST
    assert found.evidence.names in {("display_name",), ("default_model",)}


def test_what_is_read_afterwards_is_what_the_last_one_left(story: Story) -> None:
    together = [story.patch(NAME), story.patch({"display_name": "Other"})]
    assert story.misfit(together, story.read(NAME)) is None
    assert story.misfit(together, story.read({"display_name": "Other"})) is None
    found = story.misfit(together, story.read())
    assert found is not None
    assert found.exchange.operation_id == "providers.get"


@pytest.mark.parametrize(("second", "explained"), [((1.0, 2.0), True), ((3.0, 4.0), False)])
def test_an_order_swaps_only_what_overlapped(story: Story, second: Times, explained: bool) -> None:
    together = [story.patch(NAME), story.patch({"display_name": "Other"}, times=second)]
    assert (story.misfit(together, story.read(NAME)) is None) is explained
    assert story.misfit(together, story.read(NAME), overlap=True) is None  # of a target that shows a write later


def test_a_read_beside_a_write_is_of_before_it_or_after_it(story: Story) -> None:
    for shown in ({}, NAME):
        assert story.misfit([story.patch(NAME), story.read(shown)], story.read(NAME)) is None
    assert story.misfit([story.patch(NAME), story.read(MODEL)], story.read(NAME)) is not None


def test_a_list_beside_a_write_misses_nothing_that_stands(story: Story) -> None:
    assert story.misfit([story.listed("provider_1"), story.patch(MODEL)], story.read(MODEL)) is None
    found = story.misfit([story.listed("provider_2"), story.patch(MODEL)], story.read(MODEL))
    assert found is not None
    assert found.exchange.operation_id == "providers.list"


def test_a_list_may_lack_what_is_put_away_beside_it(story: Story) -> None:
    for listed in (story.listed("provider_1"), story.listed()):
        assert story.misfit([listed, story.archive(), story.patch(NAME)]) is None


def test_a_refusal_that_is_right_in_no_order_is_not_explained(story: Story) -> None:
    busy = {"error": {"code": "workspace_busy", "message": "No.", "request_id": "7f3a9c2e"}}
    refused = story.answered(story.patch(MODEL).exchange.request, 409, busy)
    found = story.misfit([story.patch(NAME), refused])
    assert found is not None
    assert found.exchange is refused.exchange
    assert found.expected.startswith("200")
