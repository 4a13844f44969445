"""Which pieces answer what a client said, and why. Pure: the same pieces and words give the same three.

A piece is shown only if it is of the same kind and cut, in stock, in the right size, within thirty per cent of the
price, and mends what was wrong by what is written of it. Where nothing is written, nothing is claimed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from consults.pieces.complaints import Complaint
from consults.pieces.kinds import Piece
from kit.money import Money

NEAR_PERCENT = 30
MOST = 3
SIZED = frozenset({"ring", "band"})
SIZE_IS_IT = (Complaint.LARGE, Complaint.SMALL)


@dataclass(frozen=True)
class Wish:
    """The piece that comes back, what was wrong with it, and what is known of who wears it.

    `size` is the client's own where it is known, else the piece's. `owned` are products they have.
    `place` is where they would look at it.
    """

    piece: Piece
    complaint: Complaint = Complaint.NONE
    size: str = ""
    owned: frozenset[str] = frozenset()
    place: str = ""


@dataclass(frozen=True)
class Candidate:
    """A piece to show. `points` say how it came to stand where it stands: words and how much each was worth."""

    piece: Piece
    reason: str
    dearer_cents: int
    points: tuple[tuple[str, int], ...] = field(default=())

    @property
    def score(self) -> int:
        """All points together."""
        return sum(worth for _, worth in self.points)

    @property
    def where(self) -> str:
        """ "Paris", or "Paris and Tokyo"."""
        names = [name for name, there in self.piece.places if there > 0 and name]
        return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def candidates(wish: Wish, pieces: Iterable[Piece], *, most: int = MOST) -> list[Candidate]:
    """The best first; one a product, so that three are three to choose from."""
    found = [made for piece in pieces if (made := _judge(wish, piece)) is not None]
    found.sort(key=lambda one: (-one.score, abs(one.dearer_cents), one.piece.variant_gid))
    best: dict[str, Candidate] = {}
    for one in found:
        best.setdefault(one.piece.product_gid, one)
    return list(best.values())[:most]


def price_range(wish: Wish) -> tuple[int, int]:
    """From and to, both included, in the smallest unit."""
    price = wish.piece.price_cents
    near = price * NEAR_PERCENT // 100
    return price - near, price if wish.complaint is Complaint.DEAR else price + near


def wanted_sizes(wish: Wish) -> tuple[str, ...]:
    """Sizes that would do; none stands for any. A size that was wrong is not asked for again."""
    if wish.piece.kind not in SIZED or not wish.piece.size:
        return ()
    if wish.complaint in SIZE_IS_IT and wish.size == wish.piece.size:
        return ()  # which one is right is not known yet: _size_fits leaves those on the wrong side out
    return (wish.size or wish.piece.size,)


def nothing(wish: Wish) -> str:
    """The honest sentence where none was found, with a way out."""
    what = f"{wish.piece.cut} cut" if wish.piece.cut else wish.piece.kind or "piece"
    size = f" in size {wanted_sizes(wish)[0]}" if wanted_sizes(wish) else ""
    better = {
        Complaint.HIGH: " that sits lower",
        Complaint.LOW: " that sits higher",
        Complaint.LARGE: " that is smaller",
        Complaint.SMALL: " that is larger",
        Complaint.COLOUR: " in another metal",
        Complaint.DEAR: " for less",
    }.get(wish.complaint, "")
    return (
        f"No {what}{size}{better} is in stock within {NEAR_PERCENT} per cent of the price. "
        "Offer the atelier for this one, or promise to write when another comes in."
    )


def _judge(wish: Wish, piece: Piece) -> Candidate | None:
    own = wish.piece
    low, high = price_range(wish)
    fits = piece.kind == own.kind and piece.cut == own.cut and low <= piece.price_cents <= high
    if not fits or piece.available < 1 or piece.currency != own.currency or not _size_fits(wish, piece):
        return None
    if piece.variant_gid == own.variant_gid and wish.complaint is not Complaint.FAULT:
        return None
    same_product = piece.product_gid == own.product_gid
    if same_product and wish.complaint not in (*SIZE_IS_IT, Complaint.FAULT):
        return None
    if piece.product_gid in wish.owned and not same_product:
        return None
    mended = _mends(wish, piece)
    if mended is None:
        return None
    return Candidate(
        piece, _reason(wish, piece, mended[0]), piece.price_cents - own.price_cents, _points(wish, piece, mended)
    )


def _size_fits(wish: Wish, piece: Piece) -> bool:
    wanted = wanted_sizes(wish)
    if wanted:
        return piece.size in wanted
    if wish.piece.kind in SIZED and wish.complaint in SIZE_IS_IT:
        had, has = _number(wish.piece.size), _number(piece.size)
        if had is None or has is None:
            return False
        return has < had if wish.complaint is Complaint.LARGE else has > had
    return True


def _mends(wish: Wish, piece: Piece) -> tuple[str, int] | None:
    """The words and worth of what is better; None where nothing written says that it is."""
    own, complaint = wish.piece, wish.complaint
    if complaint in (Complaint.HIGH, Complaint.LOW):
        if own.height_mm is None or piece.height_mm is None:
            return None
        less = own.height_mm - piece.height_mm
        better = less if complaint is Complaint.HIGH else -less
        word = "lower" if complaint is Complaint.HIGH else "higher"
        return (f"{_plain(better)} mm {word} on the hand", min(int(better * 10), 40)) if better > 0 else None
    if complaint in SIZE_IS_IT:
        return _other_size(wish, piece)
    if complaint is Complaint.COLOUR:
        had, has = _metal(own), _metal(piece)
        return (f"In {has}, not {had}", 30) if had and has and had != has else None
    if complaint is Complaint.DEAR:
        less_cents = own.price_cents - piece.price_cents
        return (f"{Money(less_cents, own.currency).show()} less", 20) if less_cents > 0 else None
    if complaint is Complaint.FAULT:
        return ("Another one, made the same", 30) if piece.product_gid == own.product_gid else ("Made apart from it", 5)
    return "", 0


def _other_size(wish: Wish, piece: Piece) -> tuple[str, int] | None:
    own, small = wish.piece, wish.complaint is Complaint.SMALL
    if own.kind in SIZED and piece.size != own.size:
        same = " of the same ring" if piece.product_gid == own.product_gid else ""
        near = abs((_number(piece.size) or Decimal(0)) - (_number(own.size) or Decimal(0)))
        return f"Size {piece.size}{same}, where theirs was {own.size}", 40 - min(int(near), 20)
    if own.width_mm is None or piece.width_mm is None:
        return None
    better = piece.width_mm - own.width_mm if small else own.width_mm - piece.width_mm
    word = "larger" if small else "smaller"
    return (f"{_plain(better)} mm {word} across", min(int(better * 5), 40)) if better > 0 else None


def _reason(wish: Wish, piece: Piece, mended: str) -> str:
    """What answers them first, then what stays as they liked it."""
    kept = []
    if piece.cut:
        kept.append(f"the same {piece.cut} cut")
    for name in ("stone", "material"):
        if piece.detail(name) and piece.detail(name) == wish.piece.detail(name):
            kept.append(f"the same {piece.detail(name)}")
    size = f"in size {piece.size}" if piece.kind in SIZED and piece.size and not mended.startswith("Size") else ""
    words = [part for part in (mended, ", ".join(kept), size) if part]
    sentence = "; ".join(words) or "Of the same kind, near in price"
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _points(wish: Wish, piece: Piece, mended: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    own = wish.piece
    apart = abs(piece.price_cents - own.price_cents) * 100 // max(own.price_cents, 1)
    points = [("mends it", mended[1]), ("near in price", NEAR_PERCENT - apart)]
    points += [(f"same {n}", 10) for n in ("stone", "material") if piece.detail(n) and piece.detail(n) == own.detail(n)]
    if wish.place and any(name == wish.place and there > 0 for name, there in piece.places):
        points.append(("ready where they are", 15))
    return tuple(points)


def _metal(piece: Piece) -> str:
    return piece.detail("metal") or piece.detail("material")


def _number(size: str) -> Decimal | None:
    try:
        found = Decimal(size.replace(",", ".").strip())
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def _plain(value: Decimal) -> str:
    """ "2.3"; "3" of 3.0."""
    return f"{value.normalize():f}"
