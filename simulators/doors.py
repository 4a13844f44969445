"""What may go wrong at the doors of Twilio and the carrier, whatever was asked: off until somebody begins it."""

import random
import threading
from collections import Counter
from collections.abc import Mapping

from flask import Flask, Response, g, request

PROVIDERS = ("/twilio/", "/easypost/")
PAGE = "<!doctype html><title>503</title><h1>We will be right back</h1>"
TOO_MANY = '{"error": {"code": "RATE_LIMITED", "message": "Too many."}, "code": 20429, "status": 429}'
CUT = 20
"""So many bytes of an answer are missing."""


class Doors:
    """Shares by kind: "429" and "html" before anything is done, "cut_json" after it. Seeded: same calls, same run."""

    def __init__(self) -> None:
        self.struck: Counter[str] = Counter()
        self._shares: Mapping[str, float] = {}
        self._draw, self._lock = random.Random(1), threading.Lock()

    def begin(self, shares: Mapping[str, float], seed: int) -> None:
        with self._lock:
            self._shares, self._draw = dict(shares), random.Random(seed)

    def watch(self, app: Flask) -> None:
        """Meet every call to a provider."""
        app.before_request(self._before)
        app.after_request(self._after)

    def _before(self) -> Response | None:
        if not self._shares or not request.path.startswith(PROVIDERS):
            return None
        g.fault = self._one()
        if g.fault == "429":
            return Response(TOO_MANY, 429, {"Retry-After": "1"}, mimetype="application/json")
        return Response(PAGE, 503, mimetype="text/html") if g.fault == "html" else None

    def _after(self, answer: Response) -> Response:
        if g.get("fault") == "cut_json" and answer.is_json:
            answer.set_data(answer.get_data()[:-CUT])
        return answer

    def _one(self) -> str:
        with self._lock:
            drawn = self._draw.random()
            for kind, share in self._shares.items():
                drawn -= share
                if drawn < 0:
                    self.struck[kind] += 1
                    return kind
        return ""
