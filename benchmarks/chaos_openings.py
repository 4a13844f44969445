"""Returns that begin here while everything goes wrong: an advisor opens one, or a client asks on our own page.

`returnCreate` and `returnRequest` make another return each time they are sent, so both are pressed twice.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sqlmodel import col, select

from consults.models import Advisor
from kit import clock
from kit.db import Database
from routing import openings
from shops.models import Shop
from simulators.world.crowd import Crowd, Sold


@dataclass
class Opening:
    """A return to be opened of an order that nobody asks for otherwise; when `due`, as a share of the run."""

    crowd: Crowd
    sold: Sold
    by_advisor: bool
    due: float
    asked: bool = False


def choose(crowds: list[Crowd], count: int, random: Random) -> list[Opening]:
    """`count` orders of which nothing comes back otherwise, half for advisors; spread over the run."""
    left = [(crowd, sold) for crowd in crowds for sold in crowd.sold if sold.return_ is None]
    chosen = random.sample(left, count)
    return [
        Opening(crowd, sold, by_advisor=n % 2 == 0, due=(n + 0.5) / count * 0.9)
        for n, (crowd, sold) in enumerate(chosen)
    ]


class Opener(threading.Thread):
    """Presses the button of each opening twice at once, when it is due: what the desk's and the portal's pages do."""

    def __init__(self, due: list[Opening], database: Database, progress: Callable[[], float]):
        super().__init__(daemon=True, name="opener")
        self.due, self.database, self.progress = due, database, progress
        self.stopping = threading.Event()
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            for opening in self.due:
                while self.progress() < opening.due and not self.stopping.wait(0.2):
                    pass
                if self.stopping.is_set():
                    return
                self._press_twice(opening)
                opening.asked = True
        except Exception as error:
            self.error = error

    def _press_twice(self, opening: Opening) -> None:
        errors: list[Exception] = []

        def press() -> None:
            try:
                self._press(opening)
            except Exception as error:
                errors.append(error)

        both = [threading.Thread(target=press) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        if errors:
            raise errors[0]

    def _press(self, opening: Opening) -> None:
        order = opening.sold.order
        piece = order["fulfillments"][0]["lines"][0]["id"]
        reason = opening.crowd.shop.all("ReturnReasonDefinition")[0]["id"]
        with self.database.begin() as session:
            shop = session.exec(select(Shop).where(Shop.domain == opening.crowd.domain)).one()
            advisors = select(Advisor.id).where(Advisor.shop_id == shop.id, Advisor.active).order_by(col(Advisor.id))
            assert shop.id is not None
            openings.ask(
                session,
                shop_id=shop.id,
                key=f"chaos-{order['id']}",
                order_gid=order["id"],
                order_name=order["name"],
                lines=[(piece, 1)],
                reason_gid=reason,
                advisor_id=session.exec(advisors).first() if opening.by_advisor else None,
                now=clock.now(),
            )
