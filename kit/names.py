"""Personal names: any length, Mongolian names with a middle dot, one form for comparison (eligibility, `id_valid`)."""

import unicodedata

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .errors import IdError
from .text import ANY_SELECTOR, squeeze

DOT = "·"
# Folded before NFKC, which would turn some of them into other characters: · • ・ ． ‧ and their look-alikes.
DOTS = str.maketrans(dict.fromkeys("·•・．‧∙⋅･․˙·.", DOT))
MAX_LENGTH = 60
NUMERAL_ZERO = "〇"


def normalise_name(text: str) -> str:
    """The form in which names are stored and compared: every middle dot as «·», NFKC, no spaces, nothing invisible, no radicals."""
    return squeeze(text.translate(DOTS)).translate(DOTS)


def same_name(a: str, b: str) -> bool:
    """Whether two spellings are one name; Mongolian selectors and vowel separators do not tell names apart (eligibility, `id_valid`)."""
    return _bare(a) == _bare(b)


def _bare(text: str) -> str:
    return ANY_SELECTOR.sub("", normalise_name(text))


def check_name(text: str) -> str:
    """The normalised name, or IdError: name_empty, name_long, name_digits, name_private, name_characters, name_dots."""
    name = normalise_name(text)
    if not name:
        raise IdError("name_empty", _("没有填写姓名。"))
    if len(name) > MAX_LENGTH:
        raise IdError("name_long", format_lazy(_("姓名超过 {count} 个字，请核对。"), count=MAX_LENGTH))
    if any(character.isdigit() for character in name):
        raise IdError("name_digits", _("姓名中有数字，请核对是否填错了列。"))
    if any(unicodedata.category(character) in {"Co", "Cn"} or character == "\ufffd" for character in name):
        raise IdError("name_private", _("姓名中有系统认不出的生僻字，请改用身份证上的规范汉字。"))
    strange = "".join(character for character in name if not _may_stand_in_name(character))
    if strange:
        raise IdError(
            "name_characters",
            format_lazy(_("姓名中不能有“{found}”。少数民族姓名中间请用“·”。"), found=strange[:5]),
        )
    if name.startswith(DOT) or name.endswith(DOT) or DOT * 2 in name:
        raise IdError("name_dots", _("“·”只能写在姓名的两部分之间，且只写一个。"))
    return name


def _may_stand_in_name(character: str) -> bool:
    """Letters of any script (also Mongolian), their marks, 〇 and the dot."""
    return character in {DOT, NUMERAL_ZERO} or unicodedata.category(character)[0] in "LM"
