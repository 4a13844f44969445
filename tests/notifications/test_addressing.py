"""How a client is addressed, in each language, by the title the house keeps."""

import pytest

from notifications.addressing import MANNERS, called, salutation

HER, HIS, NO_TITLE = ("Mrs", "Amara Whitlock"), ("Mr", "Jan van der Berg"), ("", "Amara Whitlock")


@pytest.mark.parametrize(
    ("locale", "who", "within", "opening"),
    [
        ("en-GB", HER, "Mrs Whitlock", "Mrs Whitlock"),
        ("en", HIS, "Mr van der Berg", "Mr van der Berg"),
        ("fr-FR", HER, "Mme Whitlock", "Madame Whitlock"),
        ("fr", HIS, "M. van der Berg", "Monsieur van der Berg"),
        ("de-AT", HER, "Frau Whitlock", "Sehr geehrte Frau Whitlock"),
        ("de", HIS, "Herr van der Berg", "Sehr geehrter Herr van der Berg"),
        ("de", NO_TITLE, "Amara Whitlock", "Guten Tag Amara Whitlock"),
        ("it", HER, "la Signora Whitlock", "Gentile Signora Whitlock"),
        ("it", HIS, "il Signor van der Berg", "Gentile Signor van der Berg"),
        ("it", NO_TITLE, "Amara Whitlock", "Gentile Amara Whitlock"),
        ("es", HER, "la Sra. Whitlock", "Estimada Sra. Whitlock"),
        ("es", ("Miss", "Ana García López"), "la Sra. Ana García López", "Estimada Sra. Ana García López"),
        ("es", NO_TITLE, "Amara Whitlock", "Buenos días, Amara Whitlock"),
        ("ja-JP", HER, "Whitlock様", "Whitlock様"),
        ("ja", ("Mr", "田中 太郎"), "田中 太郎様", "田中 太郎様"),
        ("ja", NO_TITLE, "Amara Whitlock様", "Amara Whitlock様"),
        ("zh-CN", HER, "Whitlock女士", "尊敬的Whitlock女士"),
        ("zh-Hans", ("Mr", "王小明"), "王小明先生", "尊敬的王小明先生"),
        ("zh", NO_TITLE, "Amara Whitlock", "Amara Whitlock，您好"),
        ("ar-AE", HER, "السيدة Whitlock", "حضرة السيدة Whitlock"),
        ("ar", ("Mr", "خالد العتيبي"), "السيد خالد العتيبي", "حضرة السيد خالد العتيبي"),
        ("de", ("Dr", "Amara Whitlock"), "Dr. Whitlock", "Guten Tag Dr. Whitlock"),
        ("zh", ("Dr", "Amara Whitlock"), "Whitlock博士", "Whitlock博士，您好"),
        ("es", ("Dr", "Amara Whitlock"), "Amara Whitlock", "Buenos días, Amara Whitlock"),
        ("it", ("Mx", "Amara Whitlock"), "Amara Whitlock", "Gentile Amara Whitlock"),
        ("zh-TW", HER, "Amara Whitlock", "Amara Whitlock"),
    ],
)
def test_a_client_is_addressed_as_their_language_does(
    locale: str, who: tuple[str, str], within: str, opening: str
) -> None:
    assert (called(*who, locale), salutation(*who, locale)) == (within, opening)


@pytest.mark.parametrize("locale", ["en", *MANNERS])
def test_a_letter_is_never_opened_by_nothing(locale: str) -> None:
    assert salutation("Mrs", None, locale) and salutation("", " ", locale)
    assert called("Mrs", "", locale) == ""
