"""Callbacks: what the stand-ins post to the app, tried again while the app is down, kept over a restart."""

import uuid

import requests

from simulators.later import Later
from simulators.shelf import Shelf

# About ten minutes altogether: longer than any restart in the demo, shorter than the providers' own hours.
WAITS = (1, 2, 3, 5, 8, 13, 20, 30, 30, 60, 60, 120, 120, 120)
TIMEOUT_SECONDS = 15


class Callbacks:
    """Posts as soon as it can. With `refusals_too` a 4xx answer is tried again too: EasyPost does, Twilio doesn't."""

    def __init__(self, shelf: Shelf, later: Later, pace: float = 1.0):
        self._shelf, self._later, self._pace = shelf, later, pace
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy in the environment must not see loopback calls
        for body in shelf.all("callback"):
            if body["state"] == "waiting":
                later.after(0, self._try, body["id"])

    def post(self, url: str, body: bytes, headers: dict[str, str], *, about: str, refusals_too: bool = False) -> str:
        """Queues one POST and returns its id; `about` is the sid or tracking code a page shows it under."""
        id = uuid.uuid4().hex
        self._shelf.put(
            "callback",
            id,
            {
                "id": id,
                "url": url,
                "body": body.decode(),
                "headers": headers,
                "about": about,
                "refusals_too": refusals_too,
                "attempts": 0,
                "answers": [],
                "state": "waiting",
            },
        )
        self._later.after(0, self._try, id)
        return id

    def by_subject(self) -> dict[str, list[dict]]:
        """Callbacks by the sid or tracking code they are about, oldest first, with the answers they got."""
        found: dict[str, list[dict]] = {}
        for callback in self._shelf.all("callback"):
            found.setdefault(callback["about"], []).append(callback)
        return found

    def _try(self, id: str) -> None:
        callback = self._shelf.get("callback", id)
        if callback is None or callback["state"] != "waiting":
            return
        answer = self._send(callback)

        def settle(kept: dict) -> None:
            kept["attempts"] += 1
            kept["answers"].append(answer)
            kept["state"] = _state(answer, kept)

        kept = self._shelf.change("callback", id, settle)
        if kept["state"] == "waiting":
            self._later.after(WAITS[kept["attempts"] - 1] * self._pace, self._try, id)

    def _send(self, callback: dict) -> int | str:
        try:
            answer = self._http.post(
                callback["url"],
                data=callback["body"].encode(),
                headers=callback["headers"],
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
            return answer.status_code
        except requests.RequestException as error:
            return type(error).__name__


def _state(answer: int | str, kept: dict) -> str:
    if isinstance(answer, int) and 200 <= answer < 300:
        return "taken"
    again = not isinstance(answer, int) or answer >= 500 or kept["refusals_too"]
    return "waiting" if again and kept["attempts"] <= len(WAITS) else "given up"
