"""How conversations may be reserved: saved whole or not at all, shown again, and obeyed by the times clients see."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from consults.booking import free_times
from consults.models import ConsultPolicy
from consults.policy import policy_of
from shopify_app.pages.admin.talk_forms import FIELDS
from shops.models import Shop
from tests import cast
from tests.cast import NOW
from tests.pages.admin_world import Admin, open_admin
from tests.pages.test_admin_forms import HOUSE, fields_of

CHOSEN = {
    "minutes": "45", "step_minutes": "30", "buffer_before": "5", "buffer_after": "15", "notice_minutes": "24",
    "window_days": "10", "daily_cap": "3",
}  # fmt: skip
KEPT = {
    "minutes": 45, "step_minutes": 30, "buffer_before": 5, "buffer_after": 15, "notice_minutes": 1440,
    "window_days": 10, "daily_cap": 3,
}  # fmt: skip


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as opened:
        yield opened


def chosen(admin: Admin) -> dict[str, int]:
    with admin.database.begin() as session:
        policy = policy_of(session, shop_id=admin.world.shop_id)
        return {name: getattr(policy, name) for name in CHOSEN}


def test_what_a_merchant_writes_is_kept_shown_again_and_obeyed(admin: Admin) -> None:
    assert admin.alice.send("/app/settings", **HOUSE, **CHOSEN).status_code == 200
    assert chosen(admin) == KEPT
    page = admin.alice.open("/app/settings").text
    for field in FIELDS:
        assert f'name="{field.name}" value="{CHOSEN[field.name]}"' in page, field.name
    with admin.database.begin() as session:
        about: dict[str, Any] = {"shop_id": admin.world.shop_id, "advisor_id": cast.number(admin.world.bob.id)}
        times = free_times(session, now=NOW, **about)
    assert times and {(slot.ends_at - slot.starts_at).total_seconds() / 60 for slot in times} == {45}
    ahead = sorted((slot.starts_at - NOW).days for slot in times)
    assert ahead[0] >= 1 and ahead[-1] <= 10


def test_the_defaults_are_shown_as_they_hold(admin: Admin) -> None:
    page = admin.alice.open("/app/settings").text
    for name, written in (("minutes", 30), ("notice_minutes", 2), ("window_days", 21), ("daily_cap", 8)):
        assert f'name="{name}" value="{written}"' in page


def test_an_hour_that_is_not_whole_is_rounded_so_that_saving_never_shortens_it() -> None:
    (notice,) = [field for field in FIELDS if field.name == "notice_minutes"]
    assert notice.written(ConsultPolicy(shop_id=1, notice_minutes=90)) == 2


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("minutes", "32"), ("minutes", "0"), ("minutes", "185"), ("minutes", "half an hour"), ("minutes", ""),
        ("step_minutes", "0"), ("step_minutes", "7"), ("buffer_before", "-5"), ("buffer_after", "121"),
        ("notice_minutes", "169"), ("notice_minutes", "1.5"), ("window_days", "0"), ("window_days", "91"),
        ("daily_cap", "0"), ("daily_cap", "²"), ("daily_cap", "9" * 40), ("notice_minutes", "240"),
    ],
)  # fmt: skip
def test_what_cannot_be_gets_a_sentence_and_changes_nothing(admin: Admin, name: str, written: str) -> None:
    admin.alice.send("/app/settings", **HOUSE, **CHOSEN)
    answer = admin.alice.send("/app/settings", **{**HOUSE, **CHOSEN, "house": "Other", name: written})
    assert list(fields_of(answer)) == [name] and fields_of(answer)[name].endswith(".")
    assert chosen(admin) == KEPT
    with admin.database.begin() as session:
        assert "Other" not in session.exec(select(Shop.house)).all()


def test_notice_as_long_as_the_days_ahead_would_leave_no_time_at_all(admin: Admin) -> None:
    answer = admin.alice.send("/app/settings", **{**HOUSE, **CHOSEN, "notice_minutes": "48", "window_days": "2"})
    assert fields_of(answer)["notice_minutes"].startswith("Nothing could be reserved")


def test_a_page_open_since_before_these_fields_changes_none_of_them(admin: Admin) -> None:
    admin.alice.send("/app/settings", **HOUSE, **CHOSEN)
    assert admin.alice.send("/app/settings", **HOUSE).status_code == 200
    assert chosen(admin) == KEPT
