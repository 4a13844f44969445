"""Who shows a pass: read from the form, and still allowed. Each step of the portal asks here."""

from routing.speakers import find_speaker
from shopify_app.pages.portal.passes import OrderPass, read_order_pass
from shopify_app.pages.portal.places import Place
from shopify_app.web import begin, now, settings


def pass_holder(place: Place, shown: str) -> OrderPass | None:
    """Who shows `shown` here. None for a pass that ran out or is another shop's, or where the buyer took it back."""
    config = settings()
    secrets = [secret for secret in (config.secret_key, config.secret_key_previous) if secret]
    who = read_order_pass(secrets, shown, shop_id=place.shop_id, now=now())
    if who is None or not who.speaker_id:
        return who
    with begin() as session:
        speaker = find_speaker(session, shop_id=place.shop_id, speaker_id=who.speaker_id)
    return who if speaker is not None and speaker.order_gid == who.order_gid else None
