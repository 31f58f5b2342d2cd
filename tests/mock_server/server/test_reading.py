"""What is sent beside the usual: too much of it, ahead of its time, in another protocol, or for another host."""

import pytest

from tests.mock_server.server.raw import CLOSE, HOST, JSON, KEY, connected, request, statuses, told, until_closed

CHUNKED = b"transfer-encoding: chunked\r\n"
GET = request("GET", "/v1/packs")


def filled(size: int) -> bytes:
    """A request whose target and headers come to exactly so many bytes."""
    rest = b"x-filler: "
    counted = len("/v1/packs") + len("host") + len("localhost") + 4 + (len(KEY) - 2 - len(": ") + 4)
    return request("GET", "/v1/packs", rest + b"a" * (size - counted - len("x-filler") - 4) + b"\r\n")


def test_a_head_of_the_greatest_length_is_read_and_one_byte_more_is_not(origin: str) -> None:
    assert statuses(told(origin, filled(65536) + CLOSE)) == [200, 200]
    refused = told(origin, filled(65537) + CLOSE)
    assert statuses(refused) == [400]
    assert b"65536 bytes" in refused


@pytest.mark.parametrize("step", [1000, 65536])
def test_a_head_of_the_greatest_length_may_come_in_pieces(origin: str, step: int) -> None:
    sent = filled(65536) + CLOSE
    with connected(origin) as connection:
        for at in range(0, len(sent), step):
            connection.sendall(sent[at : at + step])
        assert statuses(until_closed(connection)) == [200, 200]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (request("GET", "/v1/packs", *(b"x-%d: a\r\n" % number for number in range(255))), b"256 headers"),
        (b"GET /v1/packs HTTP/1.1\r\n" + HOST + b"x: " + b"a" * 5_000_000, b"65536 bytes"),
        (b"GET /v1/packs HTTP/1.1\r\n" + HOST + b"a" * 5_000_000, b"65536 bytes"),
        (b"GET /" + b"a" * 5_000_000, b"65536 bytes"),
        (request("POST", "/v1/packs", JSON, CHUNKED) + b"1;" + b"a" * 5_000_000, b"framing"),
        (request("POST", "/v1/packs", JSON, CHUNKED) + b"1\r\n{\r\n0\r\nx: " + b"a" * 5_000_000, b"framing"),
        (b"GET /v1/packs HTTP/1.1\r\n\r\n", b"Host"),
        (b"GET /v1/packs HTTP/1.1\r\n" + HOST + HOST + b"\r\n", b"Host"),
        (b"CONNECT localhost:1 HTTP/1.1\r\n" + HOST + b"\r\n", b"CONNECT"),
    ],
    ids=["headers", "value", "name", "target", "chunk extension", "trailer", "no host", "two hosts", "connect"],
)
def test_what_goes_too_far_is_refused_with_the_reason(origin: str, sent: bytes, why: bytes) -> None:
    answer = told(origin, sent)
    assert statuses(answer) == [400]
    assert b"validation_error" in answer
    assert why in answer


def test_a_trailer_is_no_header_and_no_credential(origin: str) -> None:
    head = b"POST /v1/packs HTTP/1.1\r\n" + HOST + JSON + CHUNKED + b"\r\n"
    assert statuses(told(origin, head + b"2\r\n{}\r\n0\r\n" + KEY + b"\r\n" + CLOSE)) == [401, 200]


def test_requests_sent_ahead_are_answered_in_their_order(origin: str) -> None:
    ahead = [request("GET", path) for path in ("/v1/packs", "/v1/nothing", "/v1/me/session", "/nowhere")]
    assert statuses(told(origin, b"".join(ahead) + CLOSE)) == [200, 404, 200, 404, 200]


BODIES = (b'{"visibility":"community"}', b'{"visibility":"org"}', b'{"visibility":"nobody"}', b'{"visibility"', b"")
MOVES = [request("PATCH", "/v1/packs/pack_acme_pager", JSON, body=body) for body in BODIES]


@pytest.mark.parametrize("step", [1, 30, 1_000_000], ids=["byte by byte", "in pieces", "at once"])
def test_a_body_is_the_same_however_it_comes(origin: str, step: int) -> None:
    sent = b"".join(MOVES) + CLOSE
    with connected(origin) as connection:
        for at in range(0, len(sent), step):
            connection.sendall(sent[at : at + step])
        answers = until_closed(connection)
    assert statuses(answers) == [200, 200, 400, 400, 400, 200]
    assert answers.index(b'"visibility":"community"') < answers.index(b'"visibility":"org"')


def test_who_waits_to_be_told_to_go_on_is_told(origin: str) -> None:
    head, body = MOVES[0].split(b"\r\n\r\n")
    with connected(origin) as connection:
        connection.sendall(head + b"\r\nexpect: 100-continue\r\n\r\n")
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body + CLOSE)
        assert statuses(until_closed(connection)) == [200, 200]


def test_what_is_no_http_is_refused_after_the_answers_to_what_came_before_it(origin: str) -> None:
    assert statuses(told(origin, GET + request("GET", "/nowhere") + b"\x00\r\n\r\n")) == [200, 404, 400]


def test_a_body_that_turns_out_broken_is_refused_itself(origin: str) -> None:
    broken = request("POST", "/v1/packs", JSON, CHUNKED) + b"2\r\n{}\r\nzz\r\n\r\n"
    assert statuses(told(origin, broken)) == [400]
    assert statuses(told(origin, GET + broken)) == [200, 400]


def test_who_waits_to_be_told_to_go_on_and_then_sends_nonsense_is_refused_once(
    origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer that the nonsense made moot would have been to go on."""
    waiting = request("POST", "/v1/packs", JSON, CHUNKED, b"expect: 100-continue\r\n")
    assert statuses(told(origin, waiting + b"zz\r\n")) == [400]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_who_sends_more_ahead_than_is_kept_is_answered_so_far_and_told_to_come_again(origin: str) -> None:
    answers = told(origin, GET * 1000)
    assert set(statuses(answers)) == {200}
    assert 100 <= len(statuses(answers)) < 1000
    assert answers.count(b"connection: close") == 1


@pytest.mark.parametrize(
    "offer",
    [
        b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAA==\r\n",
        b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n",
        b"connection: keep-alive, upgrade\r\nupgrade: nothing-that-there-is/9\r\n",
    ],
    ids=["websocket", "h2c", "unknown"],
)
def test_an_offer_of_another_protocol_changes_nothing(origin: str, offer: bytes) -> None:
    create = request("POST", "/v1/packs", offer, JSON, body=b'{"never": 1}')
    answers = told(origin, request("GET", "/v1/packs", offer) + create * 2 + CLOSE)
    assert statuses(answers) == [200, 400, 400, 200]
    assert answers.count(b'"never"') == 2  # its body was read, and judged


def test_what_follows_an_offer_in_its_own_protocol_is_no_http(origin: str) -> None:
    offer = b"connection: upgrade\r\nupgrade: websocket\r\n"
    assert statuses(told(origin, request("GET", "/v1/packs", offer) + b"\x81\x85abcdefghi\r\n\r\n")) == [200, 400]


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://localhost:1/_mock/worlds", "evil.example", 200),
        ("http://evil.example/_mock/worlds", "localhost", 403),
        ("http://evil.example:80/_mock/worlds", "localhost", 403),
    ],
)
def test_a_whole_url_as_target_says_which_host_is_meant(origin: str, target: str, host: str, status: int) -> None:
    sent = f"GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
    assert statuses(told(origin, sent.encode())) == [status]


def test_who_is_refused_early_may_send_the_rest_and_then_read(origin: str) -> None:
    """Closed on what nobody has read, a connection would lose the answer on its way."""
    with connected(origin) as connection:
        connection.sendall(b"GET / HTTP/9.9\r\n" + HOST + b"\r\n")
        connection.sendall(b"a" * 3_000_000)
        assert statuses(until_closed(connection)) == [400]


def test_nor_does_who_says_beforehand_that_it_is_his_last_request(origin: str) -> None:
    last = request("POST", "/v1/packs", JSON, b"connection: close\r\n", b"content-length: 20000000\r\n")
    with connected(origin) as connection:
        connection.sendall(last)
        for _ in range(20):
            connection.sendall(b"a" * 1_000_000)
        assert statuses(until_closed(connection)) == [413]
