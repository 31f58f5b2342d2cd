import pytest
from schemathesis import Case

from conformance.budget import QUICK
from conformance.contract.contract import Contract
from conformance.fuzzing import conversion
from conformance.fuzzing.cases import GeneratedRequest, Generator

BASE = "http://127.0.0.1:4010/v1"


@pytest.fixture(scope="module")
def generator(contract: Contract) -> Generator:
    return Generator(contract, seed=1, budget=QUICK)


def sent(cases: list[GeneratedRequest]) -> list[object]:
    return [(it.phase, conversion.request(it.case, it.operation_id, BASE)) for it in cases]


def test_an_operation_that_takes_anything_gets_at_least_the_budget(contract: Contract, generator: Generator) -> None:
    for operation in contract.operations.values():
        cases = generator.get_cases(operation.operation_id)
        assert [it.number for it in cases] == list(range(len(cases)))
        if operation.body or operation.path_parameters:
            assert len(cases) >= QUICK.requests, operation.operation_id


def test_every_phase_takes_part(contract: Contract, generator: Generator) -> None:
    phases = {it.phase for operation_id in contract.operations for it in generator.get_cases(operation_id)}
    assert phases == {"examples", "coverage", "fuzzing"}


def test_the_same_seed_gives_the_same_requests_in_the_same_order(contract: Contract, generator: Generator) -> None:
    again = Generator(contract, seed=1, budget=QUICK)
    for operation_id in list(contract.operations)[::-1]:
        assert sent(again.get_cases(operation_id)) == sent(generator.get_cases(operation_id))


def test_another_seed_gives_other_requests(contract: Contract, generator: Generator) -> None:
    other = Generator(contract, seed=2, budget=QUICK)
    assert sent(other.get_cases("packs.create")) != sent(generator.get_cases("packs.create"))


def test_credentials_are_never_generated(contract: Contract, generator: Generator) -> None:
    for operation_id in contract.operations:
        for it in generator.get_cases(operation_id):
            names = {name.lower() for name, _ in conversion.request(it.case, operation_id, BASE).headers}
            assert "authorization" not in names


def test_what_is_valid_stays_what_it_was_when_real_data_is_put_in(generator: Generator) -> None:
    invalid = next(it for it in generator.get_cases("packs.update_visibility") if not it.is_valid)
    invalid.case.path_parameters = {"id": "pack_real"}
    assert invalid.case.meta is not None
    assert invalid.case.meta.generation.mode.is_negative


@pytest.fixture
def multipart(generator: Generator) -> Case:  # type: ignore[type-arg]  # of any operation
    return next(it.case for it in generator.get_cases("packs.upload") if it.is_valid and isinstance(it.case.body, dict))


def test_a_form_is_the_same_bytes_each_time(multipart: Case) -> None:  # type: ignore[type-arg]
    first, second = (conversion.request(multipart, "packs.upload", BASE) for _ in range(2))
    assert first == second
    boundary = (first.find_header("content-type") or "").partition("boundary=")[2]
    assert boundary.encode() in (first.content or b"")


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("guides/a%20b.md", "/packs/p/files/guides/a%20b.md"),
        ("guides/%2E%2E/x", "/packs/p/files/guides/%2E%2E/x"),
        ("guides/../x", "/packs/p/files/guides/../x"),
    ],
)
def test_the_path_goes_out_as_it_is(generator: Generator, value: str, path: str) -> None:
    case = next(it.case for it in generator.get_cases("packs.read_file") if it.is_valid)
    case.path_parameters = {"id": "p", "path": value}
    request = conversion.request(case, "packs.read_file", BASE)
    assert request.path == path
    assert request.path_values["path"] == value.replace("%20", " ").replace("%2E", ".")
