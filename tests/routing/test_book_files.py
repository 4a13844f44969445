"""A client book as a file: whatever a spreadsheet writes, and a reason for every row that is not taken."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import AppError
from kit.text import plain_cell
from routing.book_files import LARGEST_BYTES, Accepted, Known, Rejected, judge, read_table, write_rejected
from routing.client_book import plain_phone

KNOWN = Known(
    {"par-007": 7, "bob": 7, "inès laurent": 8, "90871": 8, "colette": 9, "anna": 10},
    twice=frozenset({"anna"}),
    left={9: "Colette"},
)


def read(text: str, encoding: str = "utf-8") -> tuple[list[Accepted], list[Rejected]]:
    return judge(read_table(text.encode(encoding)), KNOWN, plain_phone)


PLAIN = "customer id,email,phone,advisor,since\n9,cleo@example.com,+33 6 12 34 41 41,PAR-007,2024-03-01\n"
CLEO = Accepted(2, 7, "9", "cleo@example.com", "33612344141", date(2024, 3, 1))


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
        ("\n" + PLAIN).encode().replace(b"\n9", b"\n\n9"),
        PLAIN.replace("customer id", "Customer_ID").replace("email", "E-Mail").replace("phone", "Telephone").encode(),
        PLAIN.replace("9,", '"gid://shopify/Customer/9",').encode(),
        PLAIN.replace("cleo@", " CLEO@").replace("PAR-007", "par-007 ").encode(),
        PLAIN.replace("+33", "0033").encode(),
    ],
)
def test_however_a_spreadsheet_writes_it_the_row_is_the_same(raw: bytes) -> None:
    accepted, rejected = judge(read_table(raw), KNOWN, plain_phone)
    assert rejected == []
    assert [replace(row, line=2) for row in accepted] == [CLEO]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (
            b"name,seller_name\nCleo,Bob\n",
            "The file has the columns “name”, “seller_name”. It needs a column “advisor”",
        ),
        (b"advisor,name\nBob,Cleo\n", "It needs a column “advisor” and one of “customer id”, “email” and “phone”."),
        (b"email,e-mail,advisor\na@b.co,,Bob\n", "Two columns say the same: “email” and “e-mail”. Keep one."),
        (b"", "The file is empty."),
        (b"\n \n;;;\n", "The file is empty."),
        (b"email,advisor\n\xe9l\xe8ne@x.fr,Bob\n", "The file is not in UTF-8. Save it as “CSV UTF-8”"),
        (b"PK\x03\x04\x00\x00\x00\x00", "The file is no list of rows."),
        (b'email,advisor\n"a@b.co,Bob\n', "a quotation mark is not closed"),
        (b"email,advisor\n" + b"a" * LARGEST_BYTES, "The file is larger than 2 MB."),
        (b"email,advisor\n" + b"a@b.co,Bob\n" * 20_001, "The file has more than 20000 rows."),
    ],
)
def test_a_file_that_is_none_says_what_is_wrong_with_it(raw: bytes, words: str) -> None:
    with pytest.raises(AppError) as caught:
        read_table(raw)
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9,,,,", "No advisor is named."),
        ("9,,,Zoe,", "“Zoe” is nobody's code or name."),
        ("9,,,Anna,", "Two advisors are called “Anna”. Use a code."),
        ("9,,,Colette,", "Colette does not take returns any more."),
        (",,,Bob,", "No client is named: customer id, e-mail and telephone are empty."),
        ("#9,,,Bob,", "“#9” is no customer id."),
        (",cleo@,,Bob,", "“cleo@” is no e-mail address."),
        (",,06 12 34 41 41,Bob,", "The telephone number has no country code, for example +33."),
        ("9,,,Bob,3/1/24", "“3/1/24” is no date. Write it like 2024-03-01."),
        ("9,,,Bob,2024-02-30", "“2024-02-30” is no date. Write it like 2024-03-01."),
        ("9,,,Bob,,more", "The row has more cells than the header."),
    ],
)
def test_each_row_that_is_not_taken_has_its_line_and_its_reason_and_the_others_are_taken(row: str, reason: str) -> None:
    accepted, rejected = read(f"customer id,email,phone,advisor,since\n1,,,Bob,\n{row}\n2,,,90871\n")
    assert [(r.line, r.reason) for r in rejected] == [(3, reason)]
    assert [(a.line, a.gid, a.advisor_id) for a in accepted] == [(2, "1", 7), (4, "2", 8)]


def test_a_client_who_stands_there_twice_is_taken_once_and_the_line_is_named() -> None:
    text = "email,phone,advisor\nCleo@example.com,,Bob\n,+33612344141,Bob\ncleo@example.com,+33612344141,Inès Laurent\n"
    accepted, rejected = read(text)
    assert [a.line for a in accepted] == [2, 3]
    assert [(r.line, r.reason) for r in rejected] == [(4, "This client is on line 2 already.")]


def test_lines_are_counted_as_the_file_has_them() -> None:
    _, rejected = judge(read_table(b"sep=;\n\nemail;advisor\n\na@b.co;Zoe\n"), KNOWN, plain_phone)
    assert [r.line for r in rejected] == [5]


def test_a_quoted_cell_may_hold_lines_and_the_next_rows_line_is_still_right() -> None:
    accepted, rejected = read('email,advisor,note\na@b.co,Bob,"two\nlines"\nb@b.co,Zoe,\n')
    assert [a.line for a in accepted] == [2] and [r.line for r in rejected] == [4]


FORMULAS = ["=1+1", "+33612344141", "-2", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_of_the_rejected_rows_is_taken_for_a_formula(cell: str) -> None:
    raw = write_rejected(["email", "=cmd"], [Rejected(3, "No advisor is named.", (cell, "ok"))])
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows == [["line", "reason", "email", "'=cmd"], ["3", "No advisor is named.", f"'{cell}", "ok"]]


@given(st.text(max_size=30))
def test_a_cell_made_safe_begins_with_nothing_a_spreadsheet_acts_on(text: str) -> None:
    assert plain_cell(text)[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")


@given(st.binary(max_size=300))
def test_whatever_the_bytes_the_answer_is_rows_or_a_sentence(raw: bytes) -> None:
    try:
        judge(read_table(b"email,advisor\n" + raw), KNOWN, plain_phone)
    except AppError as error:
        assert error.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "digits"),
    [("+33 6 12-34.41(41)", "33612344141"), ("0033612344141", "33612344141"), ("0612344141", ""), ("", ""),
     ("+0612344141", ""), ("+33", ""), ("call me", "")],
)  # fmt: skip
def test_a_number_without_its_country_could_be_anybodys(text: str, digits: str) -> None:
    assert plain_phone(text) == digits
