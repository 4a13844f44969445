"""A port for a server that starts in a moment, perhaps in another process.

One that the system picks may be gone by then: it lends the same ones to everybody who connects somewhere. So it is one
below those, and as long as we remember it a UDP socket holds its number: whoever else asks here gets another.
"""

import itertools
import random
import socket
from collections import deque

LOWEST, COUNT = 20_000, 12_000

_numbers = itertools.count(random.randrange(COUNT))
_held: deque[socket.socket] = deque(maxlen=64)  # the oldest is let go: its server runs by then


def free_port() -> int:
    """Nobody listens on it, and nobody else is given it."""
    for number in itertools.islice(_numbers, COUNT):
        port = LOWEST + number % COUNT
        if holder := _hold(port):
            _held.append(holder)
            return port
    raise OSError("every port is taken")


def _hold(port: int) -> socket.socket | None:
    holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with socket.socket() as listener:
        try:
            holder.bind(("127.0.0.1", port))
            listener.bind(("127.0.0.1", port))
        except OSError:
            holder.close()
            return None
    return holder
