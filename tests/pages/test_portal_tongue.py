"""Which language a page of the portal is in, and how it stays so from page to page without a cookie."""

from typing import Any

import pytest

from shopify_app.locales import language_of, spoken_locale
from shopify_app.pages.portal.tongue import carried
from shopify_app.tongue import _, apart, ngettext, speak, tongue
from tests.pages.test_portal_storefront import PREFIX, signed

HERE = "/return/verdane/withdraw"


@pytest.mark.parametrize(
    ("locale", "language", "shown"),
    [
        ("fr-CH", "fr", "fr_CH"),
        ("en", "en", "en"),
        ("zh-CN", "zh_Hans", "zh_Hans_CN"),
        ("zh-TW", None, "en"),
        ("zh-Hans-HK", "zh_Hans", "zh_Hans_HK"),
        ("AR", "ar", "ar"),
        ("de-nobody", "de", "de"),
        ("pt-BR", None, "en"),
        ("", None, "en"),
        ("x<script>", None, "en"),
    ],
)
def test_a_client_reads_their_language_where_we_speak_it(locale: str, language: str | None, shown: str) -> None:
    assert (language_of(locale), spoken_locale(locale)) == (language, shown)


def test_outside_a_request_it_is_english() -> None:
    assert _("Order %(name)s is %(part)s%% done", name="#1042", part=5) == "Order #1042 is 5% done"
    assert ngettext("%(num)s piece", "%(num)s pieces", 1) == "1 piece"
    assert ngettext("%(num)s piece", "%(num)s pieces", 2) == "2 pieces"


def test_from_right_to_left_a_number_keeps_its_own_direction(app: Any) -> None:
    with app.test_request_context("/"):
        assert apart("+33 1 84 88") == "+33 1 84 88"
        speak("ar-AE")
        assert tongue().direction == "rtl"
        assert apart("+33 1 84 88") == "\u2068+33 1 84 88\u2069"
        page = app.jinja_env.from_string("{{ _('On %(number)s', number=number) }}").render(number="<b>1 2")
    assert "\u2068&lt;b&gt;1 2\u2069" in page


def test_the_browser_says_the_language_and_a_link_in_the_foot_chooses_another(world: Any, visitor: Any) -> None:
    plain = visitor.get(HERE).text
    assert '<html lang="en" dir="ltr">' in plain and 'href="?lang=ar"' in plain and 'href="?lang=en"' not in plain
    asked = visitor.get(HERE, headers={"Accept-Language": "pt, ar-AE;q=0.8, en;q=0.5"}).text
    assert '<html lang="ar" dir="rtl">' in asked
    chosen = visitor.get(f"{HERE}?lang=zh-Hans", headers={"Accept-Language": "ar"}).text
    assert '<html lang="zh-Hans" dir="ltr">' in chosen
    assert f'action="{HERE}?lang=zh-Hans"' in chosen and "face.css?lang" not in chosen
    taiwan = {"Accept-Language": "zh-TW, zh;q=0.9, de-AT;q=0.8, en;q=0.7"}
    assert '<html lang="de" dir="ltr">' in visitor.get(HERE, headers=taiwan).text, "Simplified is not given unasked"
    assert '<html lang="zh-Hans" dir="ltr">' in visitor.get(f"{HERE}?lang=zh-Hans", headers=taiwan).text
    unknown = visitor.get(f"{HERE}?lang=tlh", headers={"Accept-Language": "ar"}).text
    assert '<html lang="ar" dir="rtl">' in unknown


def test_inside_the_theme_the_fragment_says_its_language_and_carries_it(world: Any, visitor: Any) -> None:
    page = visitor.get(signed("/withdraw", lang="ar"))
    assert (
        '<div class="ar is-in-theme" lang="ar" dir="rtl">' in page.text
        and f'action="{PREFIX}/withdraw?lang=ar"' in page.text
    )
    assert "signature" not in page.text and 'href="?lang=en"' in page.text


def test_each_address_of_ours_carries_the_choice_and_no_other(app: Any) -> None:
    html = (
        '<a href="/r/x?box=2#a">1</a><a href="https://elsewhere.example/r">2</a><a href="//elsewhere.example/r">3</a>'
        '<a href="?lang=en">4</a><a href="#times">5</a><link href="/static/face.css"><a href="tel:+33">6</a>'
        '<form method="get" action="/consult/x"><button formaction="/consult/y">7</button></form>'
        "<p>href=&#34;/r/typed&#34;</p>"
    )
    with app.test_request_context("/"):
        assert carried(html, "fr") == (
            '<a href="/r/x?box=2&amp;lang=fr#a">1</a><a href="https://elsewhere.example/r">2</a>'
            '<a href="//elsewhere.example/r">3</a><a href="?lang=en">4</a><a href="#times">5</a>'
            '<link href="/static/face.css"><a href="tel:+33">6</a>'
            '<form method="get" action="/consult/x?lang=fr"><input type="hidden" name="lang" value="fr">'
            '<button formaction="/consult/y?lang=fr">7</button></form><p>href=&#34;/r/typed&#34;</p>'
        )
