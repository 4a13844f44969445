"""Load on one loopback server, bounded in count and time: raw sockets and prepared bytes, so that the generator, which
has a core of its own, is not what is measured."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass
class Result:
    """`seconds` from the first request to the last answer; `latencies` in seconds, one a request."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """Latency that `share` of the requests were quicker than."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]

    def note(self, status: int, latency: float) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.latencies.append(latency)


class _Connection:
    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.started = 0.0
        self.answer = b""

    def send(self, request: bytes, at: float) -> None:
        self.started, self.answer = at, b""
        view = memoryview(request)
        while view:
            try:
                view = view[self.socket.send(view) :]
            except BlockingIOError:
                time.sleep(0)

    def receive(self) -> int | None:
        """The status once the whole answer is there."""
        try:
            part = self.socket.recv(65536)
        except BlockingIOError:
            return None
        if not part:
            raise ConnectionError("the server closed the connection")
        self.answer += part
        head, separator, body = self.answer.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = next((int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")), 0)
        return int(head[9:12]) if len(body) >= length else None


def closed_loop(port: int, requests: Sequence[bytes], connections: int) -> Result:
    """Send all of `requests`, each connection its next as soon as its last was answered."""
    result, waiting = Result(), iter(requests)
    selector = selectors.DefaultSelector()
    began = time.perf_counter()
    open_now = 0
    for _ in range(connections):
        connection = _Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        open_now += _next(connection, waiting)
    while open_now:
        for key, _ in selector.select(timeout=30) or _give_up():
            connection = key.data
            status = connection.receive()
            if status is None:
                continue
            result.note(status, time.perf_counter() - connection.started)
            if not _next(connection, waiting):
                selector.unregister(connection.socket)
                connection.socket.close()
                open_now -= 1
    result.seconds = time.perf_counter() - began
    return result


def burst(port: int, requests: Sequence[bytes], connections: int, *, within_seconds: float) -> Result:
    """Requests due evenly within a time; latency counts from when each was due, waiting for a connection included."""
    result = Result()
    selector = selectors.DefaultSelector()
    idle = [_Connection(port) for _ in range(connections)]
    for connection in idle:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    began = time.perf_counter()
    dues = [began + i * within_seconds / len(requests) for i in range(len(requests))]
    sent = done = 0
    while done < len(requests):
        now = time.perf_counter()
        while sent < len(requests) and dues[sent] <= now and idle:
            idle.pop().send(requests[sent], dues[sent])
            sent += 1
        if now - began > 60:
            _give_up()
        for key, _ in selector.select(timeout=0 if sent < len(requests) else 1):
            status = key.data.receive()
            if status is not None:
                result.note(status, time.perf_counter() - key.data.started)
                idle.append(key.data)
                done += 1
    result.seconds = time.perf_counter() - began
    for connection in idle:
        connection.socket.close()
    return result


def _next(connection: _Connection, waiting: Iterator[bytes]) -> bool:
    request = next(waiting, None)
    if request is None:
        return False
    connection.send(request, time.perf_counter())
    return True


def _give_up() -> list[tuple[selectors.SelectorKey, int]]:
    raise TimeoutError("the server stopped answering")
