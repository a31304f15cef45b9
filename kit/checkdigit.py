"""The check digit of a citizen number (GB 11643: ISO 7064, MOD 11-2), by itself since ten thousand of them are worked out at once."""

from operator import mul

WEIGHTS = tuple(2**place % 11 for place in range(17, 0, -1))
# What the weighted ASCII codes add up to -> the digit; what «0» itself counts for in that sum is taken out once, here.
DIGITS = tuple("10X98765432"[(total - ord("0") * sum(WEIGHTS)) % 11] for total in range(11))


def check_digit(number: str) -> str:
    """What the eighteenth place must be, from the seventeen ASCII digits before it."""
    return DIGITS[sum(map(mul, WEIGHTS, number.encode())) % 11]
