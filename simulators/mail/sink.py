"""Sink: a small SMTP server that takes every message and keeps it. No TLS; any sign-in is accepted."""

import random
import re
import socketserver
import threading
from collections.abc import Callable

LARGEST_BYTES = 20_000_000
Keep = Callable[[str, list[str], bytes], None]


class Sink(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1. `keep(sender, recipients, raw)` is called once a message, before it is acknowledged.

    `busy` is the share of messages it asks to be sent again later, drawn by a fixed seed. Not `international`, it takes
    addresses in ASCII only, as older servers do; else where the sender asked for SMTPUTF8.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, keep: Keep, port: int = 0, *, busy: float = 0.0, seed: int = 1, international: bool = True):
        self.keep, self.busy, self.draw = keep, busy, random.Random(seed)
        self.international = international
        super().__init__(("127.0.0.1", port), _Session)
        self.port = self.server_address[1]

    def start(self) -> "Sink":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name="smtp-sink").start()
        return self


class _Session(socketserver.StreamRequestHandler):
    timeout = 60
    server: Sink
    sender: str | None
    recipients: list[str]
    in_utf8: bool

    def handle(self) -> None:
        self._forget()
        self._say("220 simulator ESMTP")
        try:
            while line := self.rfile.readline(4096):
                verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
                if verb.upper() == "QUIT":
                    return self._say("221 Bye")
                getattr(self, f"do_{verb.upper()}", self._unknown)(rest)
        except (ConnectionError, TimeoutError):
            return  # the sender went away; nothing was acknowledged, so nothing is lost

    def do_EHLO(self, rest: str) -> None:
        more = ("SMTPUTF8",) if self.server.international else ()
        offers = (f"SIZE {LARGEST_BYTES}", "8BITMIME", *more, "AUTH PLAIN LOGIN")
        self._say("250-simulator", *(f"250-{o}" for o in offers), "250 HELP")

    def do_HELO(self, rest: str) -> None:
        self._say("250 simulator")

    def do_AUTH(self, rest: str) -> None:
        kind, _, first = rest.partition(" ")
        questions = {
            "PLAIN": [] if first else ["334 "],
            "LOGIN": ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"][bool(first) :],
        }
        for question in questions.get(kind.upper(), []):
            self._say(question)
            self.rfile.readline(4096)
        self._say("235 Accepted")

    def do_MAIL(self, rest: str) -> None:
        if self.server.draw.random() < self.server.busy:
            return self._say("451 4.3.0 Try again later")
        self.sender, self.recipients = _address(rest), []
        self.in_utf8 = self.server.international and "SMTPUTF8" in rest.upper().split()
        self._say("250 OK")

    def do_RCPT(self, rest: str) -> None:
        if self.sender is None:
            return self._say("503 MAIL first")
        recipient = _address(rest)
        if not recipient.isascii() and not self.in_utf8:
            return self._say("553 5.6.7 Address needs SMTPUTF8")
        if recipient.startswith("bounce"):
            return self._say("550 5.1.1 No such person")
        if recipient.startswith("busy"):
            return self._say("451 4.3.0 Try again later")
        self.recipients.append(recipient)
        self._say("250 OK")

    def do_DATA(self, rest: str) -> None:
        if not self.recipients:
            return self._say("503 RCPT first")
        self._say("354 End with a dot")
        raw = self._body()
        if raw is None:
            return self._say("552 Too large")
        if re.search(rb"(?<!\r)\n", raw):  # as hosts do since letters were smuggled in by such lines
            return self._say("550 5.6.11 Bare line feeds are illegal")
        self.server.keep(self.sender or "", self.recipients, raw)
        self._forget()
        self._say("250 Kept")

    def do_RSET(self, rest: str) -> None:
        self._forget()
        self._say("250 OK")

    def do_NOOP(self, rest: str) -> None:
        self._say("250 OK")

    def _unknown(self, rest: str) -> None:
        self._say("502 Not known here")

    def _body(self) -> bytes | None:
        lines, size = [], 0
        while (line := self.rfile.readline()) not in (b".\r\n", b".\n"):
            if not line:
                raise ConnectionError("the message was cut off")
            line = line[1:] if line.startswith(b".") else line
            size += len(line)
            if size <= LARGEST_BYTES:
                lines.append(line)
        return b"".join(lines) if size <= LARGEST_BYTES else None

    def _forget(self) -> None:
        self.sender, self.recipients, self.in_utf8 = None, [], False

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


def _address(rest: str) -> str:
    found = re.search(r"<([^>]*)>", rest)
    return found.group(1) if found else ""
