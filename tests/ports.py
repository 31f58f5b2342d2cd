"""Ports that a test names before somebody listens there, or after somebody has."""

import random
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

_GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000


def own_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody has, and that the system gives to nobody who asks for any port.

    Else another test's server or connection may have one before this test comes to use it.
    """
    first_given = int(_GIVEN.read_text(encoding="ascii").split()[0])
    with ExitStack() as open_ones:
        found: list[int] = []
        for port in random.sample(range(_LOWEST, first_given), k=first_given - _LOWEST):
            if len(found) == count:
                break
            with suppress(OSError):
                open_ones.enter_context(socket.create_server(("127.0.0.1", port)))
                found.append(port)
        assert len(found) == count, f"no {count} ports below {first_given} are free"
        return found
