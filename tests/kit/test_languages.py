"""Which of the house's languages a locale asks for."""

import pytest
from babel.core import Locale
from hypothesis import given
from hypothesis import strategies as st

from kit.languages import FROM_RIGHT, HOUSE, asked_for, first_asked_for, language, spoken_locale, written_in


@pytest.mark.parametrize(
    ("locale", "code", "spoken"),
    [
        ("fr-CA", "fr", "fr_CA"),
        ("de_AT", "de", "de_AT"),
        (" it-CH ", "it", "it_CH"),
        ("AR-ae", "ar", "ar_AE"),
        ("en", "en", "en"),
        ("en-GB", "en", "en_GB"),
        ("zh", "zh", "zh"),
        ("zh-CN", "zh", "zh_Hans_CN"),
        ("zh-Hans", "zh", "zh_Hans"),
        ("zh-Hans-HK", "zh", "zh_Hans_HK"),
        ("zh-SG", "zh", "zh_Hans_SG"),
        ("de-nobody", "de", "de"),
        ("fr-ZZ9", "fr", "fr"),
        ("../../fr", "fr", "fr"),
    ],
)
def test_a_reader_gets_their_language_with_days_and_sums_as_in_their_country(
    locale: str, code: str, spoken: str
) -> None:
    assert (asked_for(locale), written_in(locale), spoken_locale(locale)) == (code, code, spoken)


@pytest.mark.parametrize(
    "locale", ["zh-TW", "zh_HK", "zh-mo", "zh-Hant", "zh-Hant-MO", "zh-Hant-CN", "ko", "pt-BR", "", "-", "x<script>"]
)
def test_a_reader_of_no_language_of_ours_gets_english_dates_included_and_traditional_chinese_is_not_simplified(
    locale: str,
) -> None:
    assert (asked_for(locale), written_in(locale), spoken_locale(locale)) == (None, "en", "en")


@pytest.mark.parametrize(
    ("wished", "found"),
    [
        pytest.param([], "", id="nothing is asked for"),
        pytest.param(["", "ko", "pt-BR"], "", id="nothing of it is ours"),
        pytest.param(["pt-BR", "fr-CH", "de"], "fr-CH", id="the dearest of ours"),
        pytest.param(["zh", "en"], "zh", id="Chinese without more is Simplified"),
        pytest.param(["zh-TW", "zh", "en-US", "en"], "en-US", id="a browser in Taiwan adds zh of itself"),
        pytest.param(["zh-HK", "zh"], "", id="and is given English where it asks for nothing else"),
        pytest.param(["zh-TW", "zh-CN", "en"], "zh-CN", id="who asks for both gets the one we have"),
        pytest.param(["zh", "zh-TW"], "zh", id="Simplified is dearer here"),
        pytest.param(["zh-Hant-HK", "ZH", "ja"], "ja", id="however it is spelt"),
    ],
)
def test_of_several_locales_the_dearest_we_write_is_taken(wished: list[str], found: str) -> None:
    assert first_asked_for(iter(wished)) == found


@given(st.text(max_size=40))
def test_whatever_a_locale_says_it_names_one_of_ours_and_no_folder_above(locale: str) -> None:
    assert written_in(locale) in HOUSE
    assert language(locale) == "" or (language(locale).isascii() and language(locale).isalpha())


@given(
    st.builds("-".join, st.tuples(st.sampled_from(HOUSE), st.text("ABCabc019@.é", max_size=9)))
    | st.text(max_size=40)
    | st.sampled_from(["zh-TW", "zh-Hans-TW", "ar-EG", "xx-FR"])
)
def test_days_and_sums_are_never_in_another_language_than_the_sentence_around_them(locale: str) -> None:
    assert Locale.parse(spoken_locale(locale)).language == written_in(locale)


def test_only_arabic_of_ours_is_written_from_the_right() -> None:
    assert {code for code in HOUSE if Locale.parse(code).text_direction == "rtl"} == FROM_RIGHT
