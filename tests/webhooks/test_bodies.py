"""Bodies that one parser refuses and the sender believes in."""

import pytest

from webhooks.bodies import read_json
from webhooks.sources.shopify import looks_like_json


def test_half_an_emoji_in_a_note_does_not_cost_the_webhook() -> None:
    assert read_json(b'{"note": "lovely \\ud83d"}') == {"note": "lovely ?"}


@pytest.mark.parametrize("body", [b"", b"{", b"nonsense", b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused_and_never_a_crash(body: bytes) -> None:
    assert not looks_like_json(body)
    with pytest.raises(ValueError):
        read_json(body)
