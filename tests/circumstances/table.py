"""Every circumstance by name, and those that are met together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from tests.circumstances.connections import CONNECTIONS
from tests.circumstances.gateways import GATEWAYS
from tests.circumstances.others import at_work, between
from tests.circumstances.variants import VARIANTS
from tests.proxy.behaviour import Behaviour
from tests.proxy.proxy import Proxy, proxying

BEHAVIOURS: Mapping[str, Callable[[], Behaviour]] = {**CONNECTIONS, **GATEWAYS, **VARIANTS}
AT_WORK, BETWEEN = "others-at-work", "others-between-reads"
CIRCUMSTANCES = (*BEHAVIOURS, AT_WORK, BETWEEN)
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "odd-connections": (
        "first-connection-closed-as-asked",
        "closed-while-idle-with-408",
        "reset-as-the-next-is-sent",
        "closed-before-the-answer",
        "closed-in-the-body",
        "states-unheard",
    ),
    "a-gateway": (
        "429-json",
        "502-page-done",
        "503-message-not-asked",
        "odd-refused-page",
        "slash-redirected-308",
        "headers-added",
    ),
    "a-cache": ("paths-tidied", "gzip", "chunks", "early-hints", "drips", "media-type-spelt"),
    "another-server": (
        "unknown-scopes",
        "scopes-twice",
        "unknown-role",
        "negotiate-before",
        "more-methods-allowed",
        "extra-fields",
        "changing-extra-fields",
        "extra-fields-of-the-session",
        "whole-seconds",
        "lists-in-any-order",
        "old-http",
    ),
    "a-busy-day": (BETWEEN, AT_WORK, "closed-as-the-next-is-sent", "429-html", "504-page-not-asked", "no-times"),
}
"""By name, circumstances that a target may well have all at once."""


def take_turns(seed: int) -> tuple[str, ...]:
    """The circumstances that come together whose turn it is with this seed."""
    return list(TOGETHER.values())[seed % len(TOGETHER)]


@contextmanager
def under(origin: str, *names: str, tokens: Sequence[str] = ()) -> Iterator[Proxy]:
    """A proxy before the server that makes all of these happen; tokens: of others at work, else the second server's."""
    with ExitStack() as stack:
        others = (
            stack.enter_context(at_work(origin, busy=AT_WORK in names, tokens=tokens))
            if {AT_WORK, BETWEEN} & set(names)
            else None
        )
        proxy = stack.enter_context(proxying(origin))
        proxy.add(*(BEHAVIOURS[name]() for name in names if name in BEHAVIOURS))
        if others and BETWEEN in names:
            proxy.add(between(others))
        yield proxy
