"""Free loopback ports."""

import random
import socket
from contextlib import ExitStack, suppress

# Below the range from which the kernel takes the ports of outgoing connections: a server that is restarted must find its
# port free, and an outgoing connection could otherwise have taken it.
_LOWEST, _HIGHEST = 20_000, 32_000


def free_ports(count: int) -> list[int]:
    """`count` distinct ports of 127.0.0.1 on which nothing listens now."""
    ports: list[int] = []
    with ExitStack() as held:
        while len(ports) < count:
            port = random.randrange(_LOWEST, _HIGHEST)  # not a secret
            probe = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                ports.append(port)
    return ports
