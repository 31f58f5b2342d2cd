"""No credential and no secret is left in what is judged and recorded, and each has one stand-in wherever it comes."""

from __future__ import annotations

from conformance.contract.file import load
from conformance.profile import Caller
from conformance.traffic.privacy import list_secret_fields
from conformance.traffic.proxy.judging.order import OrderedExchange
from conformance.traffic.proxy.judging.stand_ins import StandIns
from conformance.traffic.proxy.passing.exchange import BegunRequest, PassedExchange, PassedMessage

TOKEN, OTHER = "a-token-of-somebody-0123", "another-token-456789"
CONTRACT = load(None)
STREAM = CONTRACT.operations["activity.stream"]


def stand_ins(*callers: Caller) -> StandIns:
    return StandIns.from_callers(callers, list_secret_fields(CONTRACT))


def exchange(
    *, url: str = "http://a/v1/packs", sent: str | None = None, body: bytes = b"", answer: bytes = b"", **got: str
) -> OrderedExchange:
    headers = (("Authorization", sent),) if sent is not None else ()
    request = PassedMessage(headers, body, len(body))
    answered = PassedMessage(tuple(got.items()), answer, len(answer))
    begun = BegunRequest(1, 1.0, "POST", url, "http://a/v1", headers)
    return OrderedExchange(begun, PassedExchange(1, 2.0, request, 200, answered), is_overlapped=False)


def test_a_token_becomes_the_name_of_a_caller() -> None:
    these = stand_ins()
    for sent, written in (
        (f"Bearer {TOKEN}", "Bearer caller-1"),
        (f"bearer  {OTHER}", "bearer caller-2"),
        (f"Basic {TOKEN}", "Basic caller-1"),
        (OTHER, "caller-2"),
        ("Bearer", "Bearer"),
    ):
        assert these.apply_to(exchange(sent=sent), None).begun.headers == (("Authorization", written),)


def test_a_caller_of_a_profile_has_its_name() -> None:
    these = stand_ins(Caller(name="ann", org="org_acme", token=TOKEN))
    assert these.apply_to(exchange(sent=f"Bearer {TOKEN}"), None).begun.headers[0][1] == "Bearer ann"


def test_a_token_elsewhere_is_replaced_by_as_many_characters() -> None:
    these = stand_ins()
    repeated = exchange(
        url=f"http://a/v1/packs/{TOKEN}",
        sent=f"Bearer {TOKEN}",
        answer=f'{{"seen": "{TOKEN}"}}'.encode(),
        x=f"<{TOKEN}>",
    )
    found = these.apply_to(repeated, None)
    answer = found.passed.answer
    assert answer.body is not None
    assert (len(answer.body), len(answer.headers[0][1])) == (len(TOKEN) + 12, len(TOKEN) + 2)
    assert TOKEN not in repr(found)


def test_cookies_are_masked() -> None:
    found = stand_ins().apply_to(exchange(**{"Set-Cookie": f"session={TOKEN}; Secure"}), None)
    assert found.passed.answer.headers == (("Set-Cookie", "(masked)"),)


def test_the_secret_of_a_field_keeps_one_stand_in() -> None:
    """Where it is sent, where an answer shows it again, and where it signs a request."""
    these = stand_ins()
    made = exchange(answer=f'{{"id": "key_1", "value" : "{TOKEN}"}}'.encode())
    these.learn(made, None)
    shown = these.apply_to(made, None).passed.answer.body
    leaked = these.apply_to(exchange(sent=f"Bearer {TOKEN}", answer=f'["{TOKEN}"]'.encode()), None)
    assert shown is not None
    assert leaked.passed.answer.body is not None
    assert leaked.passed.answer.body.strip(b'[]"') in shown
    assert TOKEN not in repr((shown, leaked))
    assert leaked.begun.headers[0][1] == "Bearer caller-1"


def test_a_short_secret_is_replaced_in_its_field_alone() -> None:
    found = stand_ins().apply_to(exchange(body=b'{"value": "abc", "name": "abc"}'), None)
    assert found.passed.request.body == b'{"value": "xxx", "name": "abc"}'


def test_credentials_in_a_query_are_replaced_by_what_is_judged_alike() -> None:
    jwt = "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"
    these = stand_ins()
    these.learn(exchange(sent=f"Bearer {TOKEN}"), None)
    query = f"a=1&token={OTHER}&seen={TOKEN}&jwt={jwt}&key=short"
    found = these.apply_to(exchange(url=f"http://a/v1/packs?{query}"), None).begun.url
    assert found.endswith("?a=1&token=caller-2-of-somebody&seen=caller-1&jwt=ey.caller-3.of-somebody&key=short")


def test_the_key_of_a_stream_is_a_caller() -> None:
    url = f"http://a/v1/activity/stream?{STREAM.query_key}={TOKEN}"
    assert stand_ins().apply_to(exchange(url=url), STREAM).begun.url.endswith("=caller-1")
