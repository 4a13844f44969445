"""What the room's script says, in the client's language. It is written in English in static/room.js, word for word."""

from shopify_app.locales import ENGLISH
from shopify_app.pages.portal.tongue import N_, said, tongue

ROOM = (
    N_("Recorded, as everybody agreed."),
    N_("Not recorded."),
    N_("Sound on"),
    N_("Sound off"),
    N_("Camera on"),
    N_("Camera off"),
    N_("Sound only"),
    N_("With picture"),
    N_("Show my screen"),
    N_("Stop showing"),
    N_("Join"),
    N_("Leave"),
    N_("Try the sound"),
    N_("You, as others see you"),
    N_("Your voice, as we hear it"),
    N_("By telephone instead: "),
    N_("This browser keeps the camera to itself. Open this address in Safari or Chrome, or ring us."),
    N_("Your camera and sound are not shared. You can join all the same, to see and hear."),
    N_(
        "Your camera and sound are not shared. You can join all the same, to see and hear. To share them, allow it for "
        "this page beside its address."
    ),
    N_("You should hear a tone now. If not, turn the sound of this device up."),
    N_("{name} would like you to see"),
    N_("We would like you to see"),
    N_("That did not arrive. Please try again."),
    N_("The room does not answer just now."),
    N_("One moment. Your browser may ask about the camera."),
    N_("The picture does not come through just now. You may ring instead."),
    N_("Thank you. You may close this page."),
    N_("Come back in"),
    N_("Your connection is interrupted. We keep trying."),
    N_("You are in this conversation on another page."),
    N_("Use this page instead"),
    N_("The relay between you does not let the picture through just now."),
    N_("The relay between you does not let the picture through just now. You may ring instead."),
    N_("The two connections do not reach one another yet."),
    N_("The two connections do not reach one another yet. You may ring instead."),
    N_("One moment, the picture is coming."),
    N_("You are in. {name} will be with you."),
    N_("You are in. Nobody else is here yet."),
)


def room_words() -> dict[str, str]:
    """English sentence -> the client's; nothing where English is spoken."""
    return {} if tongue().language == ENGLISH else {sentence: said(sentence) for sentence in ROOM}
