"""Data packs: as delivered, changed by a person, taken as a file and brought back."""

import json
from datetime import date
from typing import Any

import pytest

from kit.db import Database
from kit.errors import AppError, NotFound
from logistics import packs
from logistics.pack_files import FOLDER, SCHEMAS, PackUnclear, parse_file, read_pack, starting_pack
from logistics.pack_words import matches
from shops import crypt
from tests import cast

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_pack_is_delivered_whole_with_a_day_an_owner_and_a_source_for_each_entry(name: str) -> None:
    pack = starting_pack(name)
    assert pack.entries and pack.owner and pack.version == 0
    assert all(entry["source"] for entry in pack.entries)
    assert {path.stem for path in FOLDER.glob("*.json")} == {*SCHEMAS, "refund_dates"}


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_an_exported_file_brought_back_is_the_same_pack(name: str) -> None:
    pack = starting_pack(name)
    raw = json.dumps(pack.as_json()).encode()
    assert parse_file(name, raw) == pack == parse_file(name, b"\xef\xbb\xbf" + raw)


def good(**changes: Any) -> dict[str, Any]:
    entry = {"key": "japan", "countries": ["JP"], "right": False, "source": "counsel", "dated": "2026-11-24"}
    return {"pack": "countries", "dated": "2026-11-24", "owner": "counsel", "entries": [entry | changes]}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([], "not a pack called countries"),
        ({"pack": "species"}, "not a pack called countries"),
        (good() | {"entries": []}, "between 1 and"),
        (good() | {"owner": " "}, "Name the owner"),
        (good() | {"dated": "yesterday"}, "write the day"),
        (good(key=""), "Each entry has a key"),
        (good(source=""), "japan: write down the source"),
        (good(dated="24.11.2026"), "japan: write the day"),
        (good(countries=["Japan"]), "Japan is not a country"),
        (good(window_days="-3"), "is a whole number"),
        (good(window_days="²"), "is a whole number"),
        (good() | {"entries": good()["entries"] * 2}, "two entries called japan"),
        (good() | {"entries": ["x"]}, "Each entry has a key"),
    ],
)
def test_a_file_that_is_not_right_is_told_what_is_wrong_with_it(body: Any, says: str) -> None:
    with pytest.raises(PackUnclear, match=says):
        read_pack("countries", body)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"{", b"[" * 100_000])
def test_what_is_no_json_is_told_so(raw: bytes) -> None:
    with pytest.raises(PackUnclear, match="no JSON file"):
        parse_file("countries", raw)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["Weekender, matte Alligator"], ("alligator",)),
        (["Python-embossed calf", "IVORY buttons"], ("python", "ivory")),
        (["Coralie ring"], ()),
        (["", "Crocodilian"], ()),
        (["Sac en Crocodile du Nil"], ("crocodile",)),
        (["Kette, Koralle und Elfenbein"], ("coral", "ivory")),
        (["PYTHON_CLUTCH"], ("python",)),
        (["Borsa in pelle di pito\u0301n"], ("python",)),  # an accent stored as a sign of its own
        (["ｐｙｔｈｏｎ"], ("python",)),
        (["クロコダイル製ハンドバッグ"], ("crocodile",)),
        (["珊瑚のネックレス"], ("coral",)),
        (["Python's bag"], ("python",)),
        (["croco"], ("crocodile",)),
    ],
)
def test_a_word_is_found_whole_and_in_any_case(texts: list[str], found: tuple[str, ...]) -> None:
    assert matches(starting_pack("species"), texts) == found


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("python-skin", "Clutch, python skin", True),
        ("made to measure", "Made-to-measure", True),
        ("made-to-measure", "made to measure band", True),
        ("made to measure", "made to fit, measured", False),
        ("---", "--- nothing", False),
        ("象牙", "象牙", True),
        ("象牙", "象の牙", False),
    ],
)
def test_a_word_of_the_house_is_found_however_it_was_joined(word: str, text: str, found: bool) -> None:
    entry = {"key": "mine", "words": [word], "source": "counsel", "dated": "2026-11-24"}
    pack = read_pack("species", {"pack": "species", "dated": "2026-11-24", "owner": "x", "entries": [entry]})
    assert matches(pack, [text]) == (("mine",) if found else ())


def test_a_country_stands_in_one_entry_only_for_only_one_would_hold(database: Database) -> None:
    twice = good() | {"entries": [*good()["entries"], good(key="the east", countries=["KR", "JP"])["entries"][0]]}
    with pytest.raises(PackUnclear, match="JP stands in japan and in the east"):
        parse_file("countries", json.dumps(twice).encode())
    about: dict[str, Any] = {"name": "countries", "by": "staff:7", "now": cast.NOW, "today": TODAY}
    with database.begin() as session:
        shop_id = cast.number(_shop("a")(session))
        with pytest.raises(AppError, match="FR stands in european-union and in france"):
            values = {"countries": "FR", "right": "on", "source": "counsel"}
            packs.change_entry(session, shop_id=shop_id, key="france", values=values, **about)
        assert packs.pack(session, shop_id, "countries").version == 0


def test_a_pack_kept_before_that_rule_is_still_read() -> None:
    twice = good() | {"entries": [*good()["entries"], good(key="the east")["entries"][0]]}
    assert len(read_pack("countries", twice).entries) == 2


def test_an_entry_is_changed_in_a_version_of_its_own_and_the_other_shop_keeps_its_own(database: Database) -> None:
    about: dict[str, Any] = {"name": "species", "by": "staff:7", "now": cast.NOW, "today": TODAY}
    with database.begin() as session:
        shop_id, other = (cast.number(make(session)) for make in (_shop("a"), _shop("b")))
        values = {"words": "Ostrich, ostrich , struthio", "source": "counsel"}
        packs.change_entry(session, shop_id=shop_id, key="ostrich", values=values, **about)
        packs.drop_entry(session, shop_id=shop_id, key="ivory", **about)
        mine = packs.pack(session, shop_id, "species")
        assert mine.version == 2 and mine.dated == TODAY
        assert mine.entry("ostrich") is not None and mine.entry("ivory") is None
        assert (mine.entry("ostrich") or {})["words"] == ["ostrich", "struthio"]
        assert packs.pack(session, other, "species") == starting_pack("species")


def test_what_is_wrong_changes_nothing(database: Database) -> None:
    about: dict[str, Any] = {"name": "species", "by": "staff:7", "now": cast.NOW}
    with database.begin() as session:
        shop_id = cast.number(_shop("a")(session))
        with pytest.raises(AppError, match="write down the source"):
            packs.change_entry(session, shop_id=shop_id, key="x", values={"words": "x"}, today=TODAY, **about)
        with pytest.raises(AppError, match="no JSON file"):
            packs.bring_file(session, shop_id=shop_id, raw=b"{", **about)
        with pytest.raises(NotFound):
            packs.drop_entry(session, shop_id=shop_id, key="unicorn", today=TODAY, **about)
        with pytest.raises(NotFound):
            packs.pack(session, shop_id, "unicorns")
        assert packs.pack(session, shop_id, "species").version == 0


def _shop(name: str) -> Any:
    crypt.use_keys("test-token-key")
    return lambda session: cast.alice(session, f"{name}.myshopify.com", name).id
