"""Money, exact to the fen: never a float, never a silent rounding (subsidies, batches, bank files)."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from .errors import MoneyError

FEN = Decimal("0.01")
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
WAN, YI = 10**4, 10**8
CAPITALS_LIMIT = Decimal(10) ** 16


def fen(value: Decimal | int | str) -> Decimal:
    """The amount with exactly two decimals; refuses floats, anything finer than a fen, and what is no number."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise MoneyError("money_type", _("金额必须是精确到分的数，不能是近似的小数。"))
    try:
        amount = Decimal(value)
        exact = amount.quantize(FEN)
    except InvalidOperation as error:
        raise MoneyError("money_number", _("金额不是有效的数字。")) from error
    if exact != amount:
        raise MoneyError("money_fen", _("金额最多写到分（两位小数）。"))
    return exact


def yuan_text(amount: Decimal) -> str:
    """1500 → «1,500.00»."""
    return f"{fen(amount):,.2f}"


def share(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """`total` split by weights, exact to the fen and summing to `total`; spare fen go to the largest remainders."""
    whole = sum((Decimal(weight) for weight in weights), Decimal(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise MoneyError("money_weights", _("分摊比例不能为负，且至少有一项大于零。"))
    in_fen = int(fen(abs(total)) * 100)
    floors, remainders = [], []
    for weight in weights:
        part, rest = divmod(in_fen * Decimal(weight), whole)
        floors.append(int(part))
        remainders.append(rest)
    by_remainder = sorted(range(len(floors)), key=lambda place: -remainders[place])
    for place in by_remainder[: in_fen - sum(floors)]:
        floors[place] += 1
    sign = -1 if total < 0 else 1
    return [sign * (Decimal(part) / 100).quantize(FEN) for part in floors]


def capitals(amount: Decimal) -> str:
    """1500 → «壹仟伍佰元整»: by the rules for bills (one 零 for a gap, 整 after 元 and 角, none after 分)."""
    exact = fen(amount)
    if abs(exact) >= CAPITALS_LIMIT:
        raise MoneyError("money_large", _("金额过大，无法写成大写。"))
    yuan, rest = divmod(int(abs(exact) * 100), 100)
    jiao, fens = divmod(rest, 10)
    if not yuan and not rest:
        return "零元整"
    text = f"{_integer(yuan)}元" if yuan else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif fens and yuan:
        text += "零"
    text += f"{DIGITS[fens]}分" if fens else "整"
    return f"负{text}" if exact < 0 else text


def _integer(number: int) -> str:
    """A whole number above nothing, by 亿, then 万, then four digits; 零 where the lower part leaves places empty."""
    for unit, name in ((YI, "亿"), (WAN, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return _integer(high) + name + gap + (_integer(low) if low else "")
    text, skipped = "", False
    for place, name in PLACES:
        digit, number = divmod(number, place)
        if digit:
            text += ("零" if skipped and text else "") + DIGITS[digit] + name
        skipped = not digit
    return text
