"""Python's collector of cycles, told what kind of program this is: what it loads stays, what a request makes hardly
ever has a cycle. Left as it is, it took a quarter of a start and a sixth of a delivery's time to find that out."""

import gc

YOUNG_OBJECTS = 20_000  # before it looks: a full batch of deliveries and what comes with them


def look_less_often() -> None:
    """Before anything is loaded."""
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


def leave_alone_what_stays() -> None:
    """What is loaded by now is passed over from here on."""
    gc.collect()
    gc.freeze()
    look_less_often()
