"""Which of the house's languages a locale asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.languages import HOUSE, language, spoken_locale, written_in


@pytest.mark.parametrize(
    ("locale", "code", "spoken"),
    [
        ("fr-CA", "fr", "fr-CA"),
        ("de_AT", "de", "de_AT"),
        ("AR-ae", "ar", "AR-ae"),
        ("zh", "zh", "zh"),
        ("zh-CN", "zh", "zh-CN"),
        ("zh-Hans", "zh", "zh-Hans"),
        ("zh-Hans-HK", "zh", "zh-Hans-HK"),
        ("zh-SG", "zh", "zh-SG"),
        ("zh-TW", "en", "en"),
        ("zh_HK", "en", "en"),
        ("zh-Hant", "en", "en"),
        ("zh-Hant-MO", "en", "en"),
        ("ko", "en", "en"),
        ("", "en", "en"),
        ("../../fr", "fr", "../../fr"),
    ],
)
def test_a_reader_gets_their_language_or_english_and_traditional_chinese_is_not_simplified(
    locale: str, code: str, spoken: str
) -> None:
    assert (written_in(locale), spoken_locale(locale)) == (code, spoken)


@given(st.text(max_size=40))
def test_whatever_a_locale_says_it_names_one_of_ours_and_no_folder_above(locale: str) -> None:
    assert written_in(locale) in HOUSE
    assert language(locale) == "" or (language(locale).isascii() and language(locale).isalpha())
