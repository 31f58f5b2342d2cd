"""What a process beside the suite's own generates is what the suite would have generated, whatever becomes of it."""

import multiprocessing
import os
import signal
from collections.abc import Iterator

import pytest

from conformance.budget import QUICK
from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.generated import wire
from conformance.generated.cases import Generated, Generator
from conformance.generated.forking import can_fork

BASE = "http://127.0.0.1:4010/v1"
pytestmark = pytest.mark.skipif(not can_fork(), reason="this system would load everything twice")
WANTED = ["packs.list", "packs.update_visibility", "packs.upload"]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


@pytest.fixture(scope="module")
def usual(contract: Contract) -> list[object]:
    return given(Generator(contract, seed=5, budget=QUICK))


@pytest.fixture
def generator(contract: Contract) -> Iterator[Generator]:
    generator = Generator(contract, seed=5, budget=QUICK)
    generator.go_ahead(WANTED)
    yield generator
    generator.close()


def given(generator: Generator) -> list[object]:
    return [sent(it) for operation_id in WANTED for it in generator.cases(operation_id)]


def sent(it: Generated) -> object:
    return it.number, it.phase, it.valid, it.scenario, wire.request(it.case, it.operation_id, BASE)


def test_the_requests_are_the_same(usual: list[object], generator: Generator) -> None:
    assert multiprocessing.active_children()
    assert given(generator) == usual
    assert given(generator) == usual, "a second time"


def test_an_operation_may_be_left_out(contract: Contract, generator: Generator) -> None:
    last = [sent(it) for it in generator.cases("packs.upload")]
    assert last == [sent(it) for it in Generator(contract, seed=5, budget=QUICK).cases("packs.upload")]


def test_a_case_can_be_dressed_as_always(generator: Generator) -> None:
    invalid = next(it for it in generator.cases("packs.update_visibility") if not it.valid)
    invalid.case.path_parameters = {"id": "pack_real"}
    assert "/packs/pack_real" in wire.request(invalid.case, invalid.operation_id, BASE).path
    assert not invalid.valid
    assert invalid.case.operation.schema is generator.schema


def test_nothing_is_missed_when_it_is_killed(usual: list[object], generator: Generator) -> None:
    for process in multiprocessing.active_children():
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
    assert given(generator) == usual


def test_it_ends_with_the_run(generator: Generator) -> None:
    (process,) = multiprocessing.active_children()
    generator.close()
    assert not process.is_alive()
