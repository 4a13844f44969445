"""A language model as the persona's voice, by the operator's setting and never needed. Fits scenes.Persona.

It says the script's own line in other words; where it goes, and what it is worth, the script decides all the same. It
is told the scene, what was said in it, and nothing of any client. While it does not answer, the script does.
"""

from collections.abc import Sequence
from typing import Any

import requests

from consults.practice.scenes import Scene, Scripted, Turn
from kit.log import get_logger
from kit.outside import public_http

log = get_logger("consults")

SECONDS = 6
MOST_LETTERS = 600
TASK = (
    "You play a client in a written rehearsal for boutique staff. Say the line you are given in your own words, in at"
    " most three sentences, true to the setting. Add no names, prices, dates or facts. Never say what you are."
)


class Spoken:
    """Any address that takes chat completions: {model, messages} -> {choices: [{message: {content}}]}."""

    def __init__(self, url: str, key: str, name: str, http: requests.Session | None = None):
        self.url, self.key, self.name = url, key, name
        self.http = http or public_http()

    def line(self, scene: Scene, turns: Sequence[Turn], *, opening: str) -> str:
        """The beat's line in the model's words, or as it stands where there is no good answer."""
        written = Scripted().line(scene, turns, opening=opening)
        if not turns:  # the first line is read again with the page
            return written
        said = f"Setting: {scene.setting}\nThey said: {turns[-1].words}\nYour line: {written}"
        messages = [{"role": "system", "content": TASK}, {"role": "user", "content": said}]
        try:
            spoken = self._ask({"model": self.name, "messages": messages, "temperature": 0.4, "max_tokens": 160})
        except (requests.RequestException, ValueError, KeyError, IndexError, TypeError) as error:
            log.warning("practice.model_silent", error=type(error).__name__)
            return written
        spoken = " ".join(spoken.split())
        return spoken if 0 < len(spoken) <= MOST_LETTERS else written

    def _ask(self, body: dict[str, Any]) -> str:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = self.http.post(self.url, json=body, headers=headers, timeout=SECONDS, allow_redirects=False)
        if answer.status_code != 200:
            raise ValueError(answer.status_code)
        return str(answer.json()["choices"][0]["message"]["content"])
