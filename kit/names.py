"""Personal names as they may be entered: any length, Mongolian names with a middle dot; what is no name is refused with
a sentence.
"""

import unicodedata

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kit.text import named

from .errors import IdError
from .identity import DOT, PLAIN_NAME, normalise_name

MAX_LENGTH = 60
NUMERAL_ZERO = "〇"
VOWEL_SEPARATOR = "\u180e"


def check_name(text: str) -> str:
    """The normalised name, or IdError: name_empty, name_long, name_digits, name_private, name_characters, name_dots."""
    name = normalise_name(text)
    if not name:
        raise IdError("name_empty", _("没有填写姓名。"))
    if len(name) > MAX_LENGTH:
        raise IdError("name_long", format_lazy(_("姓名超过 {count} 个字，请核对。"), count=MAX_LENGTH))
    if not PLAIN_NAME.fullmatch(name):
        _refuse_what_is_no_name(name)
    if name.startswith(DOT) or name.endswith(DOT) or DOT * 2 in name:
        raise IdError("name_dots", _("“·”只能写在姓名的两部分之间，且只写一个。"))
    return name


def _refuse_what_is_no_name(name: str) -> None:
    """Digits, characters the system does not know, anything that is no letter of a script."""
    if any(character.isdigit() for character in name):
        raise IdError("name_digits", _("姓名中有数字，请核对是否填错了列。"))
    if any(unicodedata.category(character) in {"Co", "Cn"} or character == "\ufffd" for character in name):
        raise IdError("name_private", _("姓名中有系统认不出的生僻字，请改用身份证上的规范汉字。"))
    strange = "".join(character for character in name if not _may_stand_in_name(character))
    if strange:
        raise IdError(
            "name_characters",
            format_lazy(_("姓名中不能有“{found}”。少数民族姓名中间请用“·”。"), found=named(strange[:5])),
        )


def _may_stand_in_name(character: str) -> bool:
    """Letters of any script (also Mongolian), their marks, 〇, the dot, and the vowel separator, which is left in
    Mongolian words only.
    """
    return character in {DOT, NUMERAL_ZERO, VOWEL_SEPARATOR} or unicodedata.category(character)[0] in "LM"
