"""One connection to the web server: Uvicorn's own, which gives a request's head neither an end nor a time."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0  # from the connection, or the first byte of a further request, to the last of its head
MOST_HEAD_BYTES = 64 * 1024
TOO_LONG = "The head of this request is too long."


class Connection(HttpToolsProtocol):
    """Closed when a head does not come to its end in time, or goes on for too long."""

    _in_head = True
    _head: asyncio.TimerHandle | None = None
    _bytes = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        waiting = self._head
        super().data_received(data)
        if not self._in_head:  # nearly always: a head comes in one part, and needs no timer
            return
        # One part may hold the end of a body and the next head, so only parts that end no head count.
        if self._head is None:
            self._wait_for_head()
        elif self._head is waiting and not self.transport.is_closing():
            self._bytes += len(data)
            if self._bytes > MOST_HEAD_BYTES:
                self.send_400_response(TOO_LONG)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._have_head()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self._bytes = 0
        self._head = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _have_head(self) -> None:
        self._in_head = False
        if self._head is not None:
            self._head.cancel()
            self._head = None
