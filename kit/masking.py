"""What may be shown to those who need not see the whole: public lists, readers without the right to personal data."""

STAR = "*"
HEAD, TAIL = 3, 4


def mask_id(number: str | None) -> str:
    """150102199003071234 → 150***********1234: three in front, four behind; a shorter text is all stars."""
    return _masked(number or "", HEAD, TAIL)


def mask_phone(number: str | None) -> str:
    """13800138000 → 138****8000; 0471-1234567 → 0471-****567."""
    if number and "-" in number:
        area, rest = number.split("-", 1)
        return f"{area}-{STAR * 4}{rest[-3:] if len(rest) > 3 else ''}"
    return _masked(number or "", HEAD, TAIL)


def mask_account(number: str | None) -> str:
    """6222020200112233445 → ****3445: the last four only."""
    if not number:
        return ""
    return STAR * 4 + (number[-TAIL:] if len(number) > 2 * TAIL else "")


def _masked(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[-tail:]
