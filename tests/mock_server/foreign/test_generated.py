"""Requests that nobody wrote, right and wrong: each is answered as the contract says, or refused."""

import pytest
import yaml

from tests.mock_server.foreign.generated import send_generated
from tests.mock_server.foreign.mocks import CONTRACTS, asked

FEW = 200
MANY = 5000


def judge(name: str, count: int) -> None:
    document = yaml.safe_load((CONTRACTS / name).read_text(encoding="utf-8"))
    with asked(CONTRACTS / name) as client:
        answers = send_generated(client, document, count)
        broken = [(each.request.method, str(each.request.url), each.text) for each in answers if each.is_server_error]
        made = [each for each in answers if each.is_success]
    assert broken == []
    assert len(answers) >= count
    assert len(made) >= count // 10


def test_generated_requests_find_no_breach() -> None:
    judge("todo.yaml", FEW)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["todo.yaml", "petstore.yaml", "conduit.yaml"])
def test_many_generated_requests_find_no_breach(name: str) -> None:
    judge(name, MANY)
