"""What stops at a border. Pure."""

from collections.abc import Sequence


def stops_at_border(materials: Sequence[str], from_country: str, to_country: str) -> str:
    """Why a piece of these protected materials does not travel by itself; "" where it stays in its country.

    Where a country is not known the piece is taken to cross a border.
    """
    if not materials or (from_country and from_country == to_country):
        return ""
    way = f"from {from_country or 'an unknown country'} to {to_country or 'an unknown country'}"
    return (
        f"The piece holds {' and '.join(materials)}, which is protected (CITES), and would travel {way}. "
        "It needs its permits first, or can be brought to a boutique in the same country."
    )
