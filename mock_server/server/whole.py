"""An answer that is there as a whole, written as a whole: one system call and one packet in the place of two.

ASGI knows an answer as a head and a body, and uvicorn writes each as it comes; that second write is what
a small request costs most of all. What is written here is what uvicorn would have written.
"""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.server.foundation import STATUS_LINE, RequestResponseCycle

_LONGEST = 64 * 1024  # a longer body is not worth copying
_IN_LINES = bytes(byte for byte in range(256) if byte == 0x09 or (byte >= 0x20 and byte != 0x7F))
_LINE_END = b"\r\n"


def write_whole(cycle: RequestResponseCycle, status: int, headers: Mapping[bytes, bytes], body: bytes) -> bool:
    """Write an answer, and say whether it was: where anything is unusual nothing is written, and ASGI's way is left."""
    if cycle.response_started or cycle.disconnected or cycle.flow.write_paused or cycle.access_log:
        return False
    length = len(body)
    if length > _LONGEST or headers.get(b"content-length") != b"%d" % length or b"connection" in headers:
        return False
    head = _head(status, headers, cycle)
    if head is None:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(head + body)
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


def _head(status: int, headers: Mapping[bytes, bytes], cycle: RequestResponseCycle) -> bytes | None:
    """The head; None where a header holds what would end its line, or the server has headers of its own."""
    if cycle.default_headers or b"transfer-encoding" in headers:
        return None
    lines = [STATUS_LINE[status]]
    for name, value in headers.items():
        lines += (name, b": ", value, _LINE_END)
    ends = len(headers) + 2
    if not cycle.keep_alive:
        lines.append(b"connection: close\r\n")
        ends += 1
    lines.append(_LINE_END)
    head = b"".join(lines)
    return head if head.translate(None, _IN_LINES) == _LINE_END * ends else None
