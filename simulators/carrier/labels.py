"""Labels: one A6 page as hand-written PDF bytes: two addresses, the tracking number as Code 39, the reference."""

from datetime import datetime

WIDTH, HEIGHT = 298, 420  # A6 in points
MARGIN = 22
NARROW, WIDE = 0.62, 1.55
# Code 39: nine elements a sign, bar and space in turn, 1 for wide. ISO/IEC 16388.
CODE39 = {
    "0": "000110100", "1": "100100001", "2": "001100001", "3": "101100000", "4": "000110001", "5": "100110000",
    "6": "001110000", "7": "000100101", "8": "100100100", "9": "001100100", "A": "100001001", "B": "001001001",
    "C": "101001000", "D": "000011001", "E": "100011000", "F": "001011000", "G": "000001101", "H": "100001100",
    "I": "001001100", "J": "000011100", "K": "100000011", "L": "001000011", "M": "101000010", "N": "000010011",
    "O": "100010010", "P": "001010010", "Q": "000000111", "R": "100000110", "S": "001000110", "T": "000010110",
    "U": "110000001", "V": "011000001", "W": "111000000", "X": "010010001", "Y": "110010000", "Z": "011010000",
    "-": "010000101", "*": "010010100",
}  # fmt: skip


def label_pdf(shipment: dict) -> bytes:
    """The label of a bought shipment. A return runs from its to_address to its from_address, as at EasyPost."""
    ends = [shipment["from_address"], shipment["to_address"]]
    sender, recipient = ends[::-1] if shipment["is_return"] else ends
    made = datetime.fromisoformat(shipment["postage_label"]["label_date"])
    rate = shipment["selected_rate"]
    drawn = [
        _text(MARGIN, 388, 13, f"{rate['carrier']}  {rate['service']}", bold=True),
        _text(MARGIN, 372, 8, f"Made on {made:%d %B %Y}. Demonstration only, not for carriage."),
        _rule(362),
        _text(MARGIN, 348, 7, "FROM"),
        *_lines(MARGIN, 336, 9, sender),
        _rule(270),
        _text(MARGIN, 256, 7, "TO"),
        *_lines(MARGIN, 240, 12, recipient),
        _rule(158),
        *_bars(shipment["tracking_code"], 84, 60),
        _text(MARGIN, 68, 11, shipment["tracking_code"], bold=True),
        _rule(54),
        _text(MARGIN, 38, 9, f"Reference {shipment['reference'] or 'none'}"),
        _text(MARGIN, 24, 7, "Signature required. Insured." if shipment["insurance"] else "Signature required."),
    ]
    return _document("\n".join(drawn))


def _lines(x: int, y: int, size: int, address: dict) -> list[str]:
    name = address["name"] or address["company"] or ""
    town = " ".join(filter(None, (address["zip"], address["city"], address["state"])))
    lines = [name, address["street1"], address["street2"], town, address["country"]]
    step = size * 1.3
    return [_text(x, y - number * step, size, line) for number, line in enumerate(filter(None, lines))]


def _text(x: float, y: float, size: int, text: str, *, bold: bool = False) -> str:
    safe = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{'F2' if bold else 'F1'} {size} Tf {x} {y:g} Td ({safe}) Tj ET"


def _rule(y: int) -> str:
    return f"0.5 w {MARGIN} {y} m {WIDTH - MARGIN} {y} l S"


def _bars(code: str, y: int, height: int) -> list[str]:
    drawn, x = [], float(MARGIN)
    for sign in f"*{code}*":
        for number, wide in enumerate(CODE39[sign]):
            width = WIDE if wide == "1" else NARROW
            if number % 2 == 0:
                drawn.append(f"{x:.2f} {y} {width} {height} re f")
            x += width
        x += NARROW
    return drawn


def _document(content: str) -> bytes:
    stream = content.encode("cp1252", "replace")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>" % (WIDTH, HEIGHT),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        font % b"",
        font % b"-Bold",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
