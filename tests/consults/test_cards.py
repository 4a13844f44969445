"""An advisor's card, to the letter: what a telephone saves, where a line ends, and whose card an address is."""

import pytest

from consults.cards import MOST_LETTERS, MOST_OCTETS, Card, read_card_token, vcard, write_card_token

INES = Card(
    "Inès de la Tour", "Verdane", "Paris; Left bank", ("fr", "en"), "+33 (1) 84-88.00 10", "https://a.example/card/1"
)


def lines(card: Card, version: str = "3.0") -> list[str]:
    return vcard(card, version=version).split("\r\n")


def test_the_older_kind_is_written_so() -> None:
    assert lines(INES) == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "UID:urn:uuid:477816e4-413d-5a20-a69d-61feea012475",
        "FN:Inès de la Tour",
        "N:Tour;Inès de la;;;",
        r"ORG:Verdane;Paris\; Left bank",
        "TEL;TYPE=WORK,VOICE:+33184880010",
        "URL:https://a.example/card/1",
        "END:VCARD",
        "",
    ]
    assert vcard(INES) == vcard(INES, version="3.0"), "which every telephone reads"


def test_the_newer_kind_is_written_so() -> None:
    old, new = lines(INES), lines(INES, "4.0")
    same, end = old[2:6], old[7:]  # or a telephone that reads both would keep it twice
    assert new == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        *same,
        "TEL;VALUE=uri;TYPE=work:tel:+33184880010",
        "LANG;PREF=1:fr",
        "LANG;PREF=2:en",
        *end,
    ]


def test_there_is_no_third_kind() -> None:
    with pytest.raises(ValueError, match=r"^2\.1$"):
        vcard(INES, version="2.1")


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_what_is_not_known_is_left_out(version: str) -> None:
    begin, kind, _, *rest = lines(Card("Inès", "Verdane"), version)
    assert (begin, kind) == ("BEGIN:VCARD", f"VERSION:{version}")
    assert rest == ["FN:Inès", "N:;Inès;;;", "ORG:Verdane", "END:VCARD", ""], "one name alone is the one they go by"


def test_a_card_is_known_by_its_address_and_without_one_by_its_name() -> None:
    def uid(name: str, url: str) -> str:
        return lines(Card(name, "Verdane", url=url))[2]

    assert uid("Inès", "https://a.example/1") == uid("Inès Tour", "https://a.example/1"), "also after a wedding"
    assert uid("Inès", "https://a.example/1") != uid("Inès", "https://a.example/2")
    assert uid("Inès", "") != uid("Bob", "")


@pytest.mark.parametrize(
    ("written", "on_the_card"),
    [
        ("Tour, Inès", r"Tour\, Inès"),
        ("Inès; de la", r"Inès\; de la"),
        ("Inès\\Tour", r"Inès\\Tour"),
        (r"a\,b", r"a\\\,b"),
        (" Inès\n \t Tour ", "Inès Tour"),
    ],
)
def test_what_means_something_in_a_card_is_marked_as_a_letter(written: str, on_the_card: str) -> None:
    assert lines(Card("x", written))[5] == f"ORG:{on_the_card}"


@pytest.mark.parametrize(
    ("letters", "octets"),
    [(71, [75]), (72, [75, 2]), (71 + 74, [75, 75]), (71 + 74 + 1, [75, 75, 2]), (71 + 74 * 2 + 1, [75, 75, 75, 2])],
)
def test_a_line_has_75_octets_and_the_rest_goes_on_behind_a_space(letters: int, octets: list[int]) -> None:
    house = "".join(chr(ord("a") + n % 26) for n in range(letters))
    found = lines(Card("x", house))[5:-2]
    assert [len(line) for line in found] == octets and max(octets) == MOST_OCTETS
    assert all(line.startswith(" ") for line in found[1:])
    assert found[0] + "".join(line[1:] for line in found[1:]) == f"ORG:{house}"


def test_no_sign_is_taken_apart_where_a_line_ends() -> None:
    found = lines(Card("x", "é" * 80))[5:-2]
    assert [len(line.encode()) for line in found] == [74, 75, 17], "35 signs behind ORG, then 37 and 8 behind a space"
    assert found[0] + "".join(line[1:] for line in found[1:]) == "ORG:" + "é" * 80


# --- whose card an address is


def test_the_address_of_a_card_is_for_good() -> None:
    """Telephones keep it; a release that signed otherwise would end every card that was ever saved."""
    token = write_card_token("key", shop_id=1, advisor_id=2)
    assert token == "1.2.530b33dc63c831f1696bb1b2542874d3"
    assert read_card_token(["newer", "key"], token) == (1, 2)


def test_a_signature_for_something_else_is_none_for_a_card() -> None:
    import hmac

    from kit.tokens import derive_key

    other = hmac.digest(derive_key("key", "room-pass"), b"1.2", "sha256").hex()
    assert read_card_token(["key"], f"1.2.{other[:32]}") is None


@pytest.mark.parametrize(("digits", "is_read"), [(43, True), (44, False)])
def test_what_is_longer_than_any_of_ours_is_not_looked_at(digits: int, is_read: bool) -> None:
    shop_id, advisor_id = 10 ** (digits - 1), 10**42
    token = write_card_token("key", shop_id=shop_id, advisor_id=advisor_id)
    assert len(token) == MOST_LETTERS + (0 if is_read else 1)
    assert read_card_token(["key"], token) == ((shop_id, advisor_id) if is_read else None)


@pytest.mark.parametrize("given", ["", ".", "1.2.", "1.2", "é.2.x", "1.2.\ud83d"])
def test_what_nobody_signed_is_no_card(given: str) -> None:
    assert read_card_token(["key"], given) is None
    assert read_card_token([], write_card_token("key", shop_id=1, advisor_id=2)) is None
