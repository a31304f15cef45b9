"""Radicals that text copied from PDFs holds in place of characters: ⻢ for 马, ⼈ for 人.

The characters are those of Unicode's own table (EquivalentUnifiedIdeograph.txt, Unicode 14.0): its block of
supplementary radicals stands here, radical and character in turn; for the 214 Kangxi radicals NFKC says the same.
U+2E80 and U+2E9A have no character.
"""

import re
import unicodedata

SUPPLEMENT = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌"
    "⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓"
    "⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝"
    "⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐"
    "⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
KANGXI = range(0x2F00, 0x2FD6)
CHARACTERS = dict(zip(map(ord, SUPPLEMENT[::2]), SUPPLEMENT[1::2], strict=True)) | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in KANGXI
}
RADICAL = re.compile("[\u2e80-\u2fd5]")


def has_radicals(text: str) -> bool:
    """Whether a radical stands in the text that a character can take the place of."""
    return bool(RADICAL.search(text)) and text.translate(CHARACTERS) != text


def as_characters(text: str) -> str:
    """The text with every radical as its character."""
    return text.translate(CHARACTERS) if RADICAL.search(text) else text
