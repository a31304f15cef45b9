"""QR codes of addresses, printed on paper so that it leads back to the live record."""

from __future__ import annotations

from functools import lru_cache

import segno

LONGEST = 1000  # bytes; the densest code of this correction holds 2,331, which no telephone reads from paper


@lru_cache(maxsize=1024)
def svg_of(address: str) -> str:
    """An address as inline SVG with the class `qr`; of one too long for a code, the page without
    what was asked of it.
    """
    if len(address.encode()) > LONGEST:
        address = address.partition("?")[0]
    return segno.make(address, error="m").svg_inline(scale=3, border=2, svgclass="qr", lineclass=None)
