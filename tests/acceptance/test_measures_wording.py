"""What issue 9 must show of its words: nothing outside a pilot's report says that one thing brought another about."""

import re
from datetime import timedelta
from html.parser import HTMLParser

from measures import figures
from measures.arms import Arm
from measures.comparing import Verdict
from measures.endings import Kind
from measures.models import HistoryRead
from measures.pilot_result import Enrolled, look_at, result
from tests import cast
from tests.cast import NOW
from tests.pages import words
from tests.pages.test_admin_measures import CAUSE, PAGES, Place, file
from tests.pages.test_admin_measures import place as place  # the fixture

EVERY = (*PAGES, "/app/measures/quiet", "/app/measures?months=24", "/app/measures/cases?term=bought&kind=self")
READ = ("heading", "subheading", "label", "details", "accessibilitylabel")


class Attributes(HTMLParser):
    """What Shopify's own elements show of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in READ and value]


def everything(html: str) -> str:
    parser = Attributes()
    parser.feed(html)
    return f"{words.text(html)} {' '.join(parser.found)}"


def claims(text: str) -> list[str]:
    return [*(found.group() for found in re.finditer(CAUSE, text, re.I)), *words.findings("merchant", text)]


def test_no_page_or_file_outside_the_pilots_report_claims_a_cause(place: Place) -> None:
    """Every page of the measures, before a pilot and during one, and the definitions of the files."""
    plan = {"mode": "compare", "limit": "500", "before": "20", "hoped": "40"}
    for begun in (False, True):
        if begun:
            assert place.alice.send("/app/pilot", **plan).status_code == 200
        for path in EVERY:
            answer = place.alice.open(path)
            assert answer.status_code == 200 and claims(everything(answer.text)) == [], path
    for query in ("kind=json&months=12", "kind=csv&months=12", "kind=quiet"):
        assert claims(file(place, query).get_data(as_text=True)) == [], query


def test_the_reports_own_sentence_is_the_only_one_that_does(place: Place) -> None:
    """And only where the interval bears it: the test's own pattern finds it there, so it would elsewhere."""
    said = {verdict: claims(result(pilot(invited, today)).words) for verdict, invited, today in TOLD}
    assert said[Verdict.MORE] == ["led to"] and said[Verdict.LESS] == ["led to"] and said[Verdict.CANNOT_TELL] == []
    plan = {"mode": "compare", "limit": "500", "before": "20", "hoped": "40"}
    assert place.alice.send("/app/pilot", **plan).status_code == 200
    with cast.clock(look_at(NOW + timedelta(days=60))):
        report = place.alice.open("/app/pilot")
    assert "The result" in report.text and claims(everything(report.text)) == [], "nobody was in it: it cannot tell"


def test_how_many_come_back_is_shown_only_apart_and_never_in_red(place: Place) -> None:
    """The only figure of it is on Home, in two lines that say whose they are, with why it is no goal."""
    with place.database.begin() as session:
        session.merge(HistoryRead(shop_id=place.town.shop_id, hash_key="k", complete_at=NOW))
        counted = figures.count(session, shop_id=place.town.shop_id, now=NOW)
        assert (counted.returned_orders, counted.assisted_orders) == (39, 15), "A10 is in euros, S24 too old"
    shown = place.shown("/app")
    came_back = re.findall(r"Orders of which something came back, ([\w -]+?) \d+% (\d+) of", shown)
    assert came_back == [("with an advisor", "15"), ("self-service", "24")]
    assert len(re.findall("something came back", shown)) == 2 and "How many orders come back is no goal" in shown
    for path in EVERY:
        html = place.alice.open(path).text
        assert not re.search(r"return rate", everything(html), re.I), path
        main = html.partition("What returners did next")[2] or html
        assert 'tone="critical"' not in main, path


TOLD = ((Verdict.MORE, 60, 20), (Verdict.LESS, 20, 60), (Verdict.CANNOT_TELL, 40, 41))


def pilot(invited: int, today: int) -> list[Enrolled]:
    """A hundred households a side, of whom so many exchanged."""
    return [
        Enrolled(f"{arm}{n}", arm, NOW, Kind.EXCHANGE if n < exchanged else Kind.REFUND)
        for arm, exchanged in ((Arm.INVITED, invited), (Arm.TODAY, today))
        for n in range(100)
    ]
