"""The stand-in for Twilio Video, seen by our own adapter: rooms made once, closed, and told of with a signature."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from twilio.request_validator import RequestValidator

from consults.rooms.twilio_video import TwilioRooms
from kit.errors import OutsideError
from notifications.channels.sms import make_client
from tests import cast
from tests.simulators.town import Recorder, Town, living, recording
from webhooks.topics import twilio_room


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as found:
        yield found


@pytest.fixture
def town(recorder: Recorder) -> Iterator[Town]:
    with living(recorder.url) as found:
        yield found


@pytest.fixture
def rooms(town: Town, recorder: Recorder) -> TwilioRooms:
    config = town.parts.config
    settings = cast.settings(
        twilio_account_sid=config.twilio_account_sid,
        twilio_auth_token=config.twilio_auth_token,
        twilio_messaging_service_sid="MG1",
        twilio_api_base=f"{town.base}/twilio",
        app_url=recorder.url,
    )
    return TwilioRooms(settings, Path("nowhere"), make_client)


@pytest.mark.calm("counts callbacks")
def test_a_room_is_made_once_told_of_and_closed_for_good(rooms: TwilioRooms, town: Town, recorder: Recorder) -> None:
    made = rooms.ensure_room(7)
    assert made.startswith("RM") and rooms.ensure_room(7) == made, "the one made before is found"
    tell = f"{town.base}/control/twilio/rooms/consult-7/participant-connected?identity=12"
    assert requests.post(tell, timeout=5).json() == {"told": True}
    rooms.record(made, on=True)
    rooms.end(made)
    received = recorder.wait_for(3)
    validator = RequestValidator(town.parts.config.twilio_auth_token)
    for one in received:
        assert one.path == "/webhooks/twilio/room"
        assert validator.validate(recorder.url + one.path, one.form, one.headers["X-Twilio-Signature"])
    forms = sorted((one.form for one in received), key=lambda form: form["SequenceNumber"])
    told = [twilio_room.parse(form, None) for form in forms]
    assert [event and event.kind for event in told] == [None, "joined", "ended"]
    assert told[1] is not None and (told[1].consult_id, told[1].participant_id) == (7, 12)
    with pytest.raises(OutsideError) as gone:
        rooms.end(made)
    assert gone.value.permanent
    assert rooms.ensure_room(7) != made, "a new one, as at Twilio"
