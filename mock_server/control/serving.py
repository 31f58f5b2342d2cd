"""What runs a control operation once the gates have let its call pass."""

from __future__ import annotations

from mock_server.control import ControlContext, ControlHandler, Stream
from mock_server.pipeline.operation import checked
from mock_server.pipeline.reauthorization import Reauthorizer
from mock_server.resources.operation import Reply, Request
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call
from mock_server.worlds.worlds import World


async def serve_control(
    context: ControlContext, call: Call, _world: World, request_id: str, _reauthorizer: Reauthorizer
) -> Answer:
    """Run a control operation, which changes worlds itself."""
    handler: ControlHandler = call.operation.handler
    request = Request(
        call.caller,
        call.now,
        call.path_values,
        call.query,
        call.body,
        call.header_values,
        sent_headers=call.headers,
    )
    outcome = await handler(context, request)
    if isinstance(outcome, Stream):
        beginning = checked(call, Reply(200, b"", outcome.media_type), request_id)
        return beginning._replace(stream=outcome.chunks)
    return checked(call, outcome, request_id)
