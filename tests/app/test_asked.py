"""What a caller sent, before any page reads it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, jsonify, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest
from werkzeug.test import TestResponse

from shopify_app.asked import MOST_ROW_ID, AskedJson, CleanValues, listen_carefully, row_id, whole


@pytest.fixture
def app() -> Flask:
    """Pages that say what they were asked."""
    app = Flask(__name__)
    listen_carefully(app)

    @app.get("/rows/<int:row>")
    def one(row: int) -> Any:
        return jsonify(row=row)

    @app.get("/few/<int(max=9):row>")
    def few(row: int) -> Any:
        return jsonify(row=row)

    @app.post("/say")
    def say() -> Any:
        told = {"args": request.args.to_dict(flat=False), "form": request.form.to_dict(flat=False)}
        return jsonify(told | {"json": request.get_json(silent=True)})

    return app


def said(answer: TestResponse) -> dict[str, Any]:
    """What the page was asked, in its own words."""
    assert answer.status_code == 200 and isinstance(answer.json, dict)
    return answer.json


# --- ids


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1", 1),
        ("0", 0),
        ("007", 7),
        ("2147483647", 2_147_483_647),
        ("2147483648", None),
        ("9999999999", None),
        ("99999999999", None),
        ("00000000001", None),  # eleven signs name no row, whatever they come to
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        (" 1", None),
        ("1.0", None),
        ("1e3", None),
        ("1_000", None),
        ("²", None),
        ("\u0661", None),
        ("１", None),
    ],
)
def test_an_id_is_ten_plain_digits_at_most_that_a_row_can_have(text: str, found: int | None) -> None:
    assert row_id(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5", 5),
        (" 5\n", 5),
        ("005", 5),
        ("2", 2),
        ("1", None),
        ("9" * 18, 10**18 - 1),
        ("1" + "0" * 18, None),
        ("0" * 18 + "5", None),  # nineteen signs, whatever they come to
        ("9" * 5000, None),
        ("", None),
        (" ", None),
        ("-5", None),
        ("5.0", None),
        ("5 5", None),
        ("²", None),
        ("\u0665", None),
    ],
)
def test_a_field_holds_a_whole_number_of_plain_digits_between_its_bounds(text: str, found: int | None) -> None:
    assert whole(text, 2, 10**18) == found


def test_both_bounds_of_a_number_belong_to_it() -> None:
    assert [whole(text, 3, 5) for text in "23456"] == [None, 3, 4, 5, None]


@given(st.text(max_size=12) | st.integers().map(str))
def test_whatever_is_sent_for_an_id_is_an_id_a_row_can_have_or_none(text: str) -> None:
    found = row_id(text)
    assert found is None or (0 <= found <= MOST_ROW_ID and text.isascii() and found == int(text))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rows/7", 200),
        ("/rows/2147483647", 200),
        ("/rows/2147483648", 404),
        ("/rows/" + "9" * 30, 404),
        ("/rows/-1", 404),
        ("/rows/%C2%B2", 404),
        ("/few/9", 200),
        ("/few/10", 404),
    ],
)
def test_an_address_with_an_id_no_row_can_have_is_not_there(app: Flask, path: str, status: int) -> None:
    assert app.test_client().get(path).status_code == status


# --- parameters


def test_parameters_of_a_query_and_of_a_form_are_clean_their_names_too(app: Flask) -> None:
    told = said(app.test_client().post("/say?a%00b=c%00d&n=%E2%80%AEx&n=2", data={"note\x00": "Anna\x00 \u202eB"}))
    assert (told["args"], told["form"]) == ({"ab": ["cd"], "n": ["x", "2"]}, {"note": ["Anna B"]})


def test_half_a_character_in_a_query_is_no_half_character_any_more(app: Flask) -> None:
    told = said(app.test_client().post("/say?a=%ED%A0%BD&b=%FF"))
    assert all("\ud83d" not in value for values in told["args"].values() for value in values)


def test_a_file_among_the_values_is_left_as_it_is() -> None:
    class File: ...

    file = File()
    values = CleanValues([("a\x00", file), ("a", "x\x00")])
    assert values.getlist("a") == [file, "x"]
    assert CleanValues() == CleanValues(None) == CleanValues({}) == CleanValues([])
    assert CleanValues({"a": ["1", "2\x00"]}).getlist("a") == ["1", "2"]


def test_the_values_cannot_be_changed_by_a_page() -> None:
    with pytest.raises(TypeError):
        CleanValues({"a": "1"})["a"] = "2"


# --- JSON


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a\\u0000": "x\\u0000"}', {"a": "x"}),
        (b'["\\ud83d", "\\ud83d\\ude00", "\\u202e1"]', ["?", "😀", "1"]),
        (b"7", 7),
        (b"null", None),
    ],
)
def test_a_json_body_is_clean_at_any_depth(app: Flask, body: bytes, found: Any) -> None:
    assert said(app.test_client().post("/say", data=body, content_type="application/json"))["json"] == found


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe"])
def test_what_is_no_json_or_is_nested_without_end_is_refused_and_no_fault_of_ours(app: Flask, body: bytes) -> None:
    asked = app.test_request_context("/say", method="POST", data=body, content_type="application/json")
    with asked, pytest.raises(BadRequest):
        request.get_json()
    assert said(app.test_client().post("/say", data=body, content_type="application/json"))["json"] is None


def test_what_a_page_asks_of_the_parser_is_passed_on(app: Flask) -> None:
    assert AskedJson(app).loads("[1.10]", parse_float=str) == ["1.10"]


def test_one_nested_without_end_says_so(app: Flask) -> None:
    loads: Callable[[str], Any] = AskedJson(app).loads
    with pytest.raises(ValueError, match=r"^nested too deeply$"):
        loads("[" * 100_000)
