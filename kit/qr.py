"""QR codes of addresses, printed on paper so that it leads back to the live record (ui.md, Paper)."""

from __future__ import annotations

from functools import lru_cache

import segno


@lru_cache(maxsize=1024)
def svg_of(address: str) -> str:
    """An address as inline SVG with the class `qr`."""
    return segno.make(address, error="m").svg_inline(scale=3, border=2, svgclass="qr", lineclass=None)
