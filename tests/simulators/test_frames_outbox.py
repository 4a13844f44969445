"""The outbox and the parcels page, in a browser: they renew themselves and leave the reader where they were."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.simulators.test_carrier_stand_in import bought
from tests.simulators.town import Recorder, Town, living, recording


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as found:
        yield found


@pytest.fixture
def town(recorder: Recorder) -> Iterator[Town]:
    with living(recorder.url) as found:
        yield found


def text(town: Town, body: str) -> None:
    town.parts.texts.accept({"To": "+33612345678", "From": "+15005550006", "Body": body})


def test_a_new_text_appears_by_itself_and_an_answer_half_written_stays(
    town: Town, recorder: Recorder, page390: Page
) -> None:
    text(town, "First")
    page390.goto(f"{town.base}/outbox")
    page390.get_by_text("Answer from this phone").click()
    page390.get_by_label("Answer", exact=True).fill("Yes, with pleasure")
    text(town, "Second")
    expect(page390.locator(".ar-bubble")).to_have_text(["Second", "First"])
    expect(page390.get_by_text("Text to +33612345678, Amara Whitlock").first).to_be_visible()
    page390.get_by_role("button", name="Send").locator("visible=true").click()
    expect(page390.locator(".ar-bubble").first).to_have_text("Yes, with pleasure")
    assert recorder.wait_for(1)[0].form["Body"] == "Yes, with pleasure"
    assert page390.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_parcel_is_moved_on_with_a_button(town: Town, recorder: Recorder, page390: Page) -> None:
    code = bought(town).tracking_code
    page390.goto(f"{town.base}/carrier")
    page390.get_by_role("button", name="Out for delivery").click()
    expect(page390.locator(f"#{code} .ar-tag")).to_have_text("out for delivery")
    assert recorder.wait_for(1)[0].path == "/webhooks/easypost"
    assert page390.evaluate("document.documentElement.scrollWidth <= innerWidth")
