"""The ONE dictionary of the roster 学员花名册: template, help, validators and error texts come from here (R-OPN-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from eligibility.rules.common import MARKS
from eligibility.rules.table import NoTable, table_on
from kit.errors import IdError
from kit.languages import language
from kit.masking import mask_account, mask_id, mask_phone
from kit.whole import whole
from training import validators
from training.validators import LISTED, Validator

Text = str | Promise
VERSION = "roster-1"
SEQUENCE = "序号"
EMPLOYEES = "employees"

# GB/T 3304: the 56 groups in the order of their codes 01 … 56.
ETHNICITY_ORDER = (
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族"
    " 傈僳族 佤族 畲族 高山族 "
    "拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族"
    " 普米族 塔吉克族 怒族 "
    "乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族"
)
ETHNICITIES = ETHNICITY_ORDER.split()
ETHNICITY_CODES = {name: f"{place:02d}" for place, name in enumerate(ETHNICITIES, start=1)}
OTHER_ETHNICITIES = {name.removesuffix("族"): name for name in ETHNICITIES} | {
    "蒙": "蒙古族",
    "蒙族": "蒙古族",
    "朝族": "朝鲜族",
    "鲜族": "朝鲜族",
    "维族": "维吾尔族",
    "哈族": "哈萨克族",
    "达族": "达斡尔族",
    "满洲族": "满族",
}
HOUSEHOLDS = {"城镇": "urban", "农村牧区": "rural"}
# How people write them: 农牧民, 城镇居民家庭, 本市农业, 农业家庭户口, 非农业集体户口 …
_HOLDERS = {
    "城镇": "城镇 城市 市民 非农业 非农 居民",
    "农村牧区": "农村牧区 农村 牧区 农牧区 农业 牧业 农牧业 农民 牧民 农牧民",
}
_NEAR, _KIND, _OF = "本地 本市 本旗 本县 本区 本盟 外地 外市", "居民 家庭 居民家庭 集体", "户口 户籍 户"
OTHER_HOUSEHOLDS = {
    f"{near}{word}{kind}{of}": household
    for household, words in _HOLDERS.items()
    for word in words.split()
    for near in ("", *_NEAR.split())
    for kind in ("", *_KIND.split())
    for of in ("", *_OF.split())
} | {"农户": "农村牧区", "牧户": "农村牧区", "农牧户": "农村牧区"}
for _own in HOUSEHOLDS:
    del OTHER_HOUSEHOLDS[_own]
MARK_CODES = {mark.zh: code for code, mark in MARKS.items()}


@dataclass(frozen=True)
class RosterField:
    """A column: its head in Excel, the help shown beside it, how a cell is checked, how its value is masked."""

    key: str
    header: str
    note: Text
    example: str
    check: Validator
    required: bool = False
    choices: Sequence[str] = ()
    synonyms: Sequence[str] = ()
    mask: Any = None
    width: float = 16

    @property
    def label(self) -> str:
        """The head in the reader's language; in Excel it stays as it is."""
        return gettext(self.header)

    def masked(self, text: str) -> str:
        return self.mask(text) if self.mask else text


NAME = RosterField(
    "name",
    gettext_noop("姓名"),
    _("与身份证一致；少数民族姓名中间用“·”。"),
    "乌云其木格",
    validators.name,
    required=True,
    synonyms=("学员姓名", "学生姓名", "人员姓名", "参训人员姓名", "参培人员姓名", "名字"),
)
NUMBER = RosterField(
    "number",
    gettext_noop("公民身份号码"),
    _("18 位，按身份证填写；单元格请用文本格式，末位是字母时用大写 X。"),
    "150102199003078041",
    validators.citizen_number,
    required=True,
    synonyms=(
        "身份证号",
        "身份证号码",
        "证件号码",
        "证件号",
        "身份证件号码",
        "公民身份证号码",
        "公民身份证号",
        "公民身份号",
        "居民身份证号码",
        "居民身份证号",
        "身份号码",
        "身份证",
    ),
    mask=mask_id,
    width=24,
)
ETHNICITY = RosterField(
    "ethnicity",
    gettext_noop("民族"),
    _("从列表中选择；可不填。"),
    "蒙古族",
    validators.one_of(ETHNICITIES, OTHER_ETHNICITIES),
    choices=tuple(ETHNICITIES),
    synonyms=("民族成份", "民族成分", "族别"),
    width=12,
)
HOUSEHOLD = RosterField(
    "household",
    gettext_noop("户口性质"),
    _("城镇或农村牧区；可不填，以就业系统登记为准。"),
    "城镇",
    validators.one_of(tuple(HOUSEHOLDS), OTHER_HOUSEHOLDS),
    choices=tuple(HOUSEHOLDS),
    synonyms=("户籍性质", "户口类型", "户口类别", "户籍类型", "户籍类别", "户别", "户口"),
    width=12,
)
PHONE = RosterField(
    "phone",
    gettext_noop("手机号码"),
    _("学员本人的电话，用于电话抽查和通知；固定电话请带区号。"),
    "13904710001",
    validators.mobile,
    required=True,
    synonyms=(
        "电话",
        "联系电话",
        "联系方式",
        "手机",
        "手机号",
        "电话号码",
        "移动电话",
        "本人电话",
        "学员电话",
        "本人联系电话",
    ),
    mask=mask_phone,
    width=18,
)
BANK_NAME = RosterField(
    "bank_name",
    gettext_noop("开户银行"),
    _("发放生活费等个人补贴时填写。"),
    "中国农业银行呼和浩特新城支行",
    validators.free_text(120),
    synonyms=("开户行", "开户行名称", "开户银行名称", "银行名称"),
    width=28,
)
BANK_ACCOUNT = RosterField(
    "bank_account",
    gettext_noop("银行账号"),
    _("学员本人的银行卡号；单元格请用文本格式。"),
    "6228480020000000016",
    validators.bank_card,
    synonyms=("账号", "帐号", "银行帐号", "银行账户", "银行卡号", "银行卡账号", "卡号"),
    mask=mask_account,
    width=26,
)
MARK = RosterField(
    "marks",
    gettext_noop("标记"),
    _("属于农村学员或城市低保家庭学员的请选择；两项都是的用“、”隔开。"),
    "农村学员",
    validators.some_of(tuple(MARK_CODES)),
    choices=tuple(MARK_CODES),
    synonyms=("两后生标记",),
    width=20,
)
ALL_FIELDS = (NAME, NUMBER, ETHNICITY, HOUSEHOLD, PHONE, BANK_NAME, BANK_ACCOUNT, MARK)
BY_KEY = {field.key: field for field in ALL_FIELDS}

# What is wrong beyond what a single cell's validator sees; the words in brackets are filled in from the stored problem.
PROBLEMS: dict[str, Text] = {
    "required": _("没有填写{header}。"),
    "no_row": _("这里没有学员，只有公式错误或没有计算结果的单元格：{0}。"),
    "cell": _("单元格是公式错误或没有计算结果（{0}），请改为实际的值。"),
    "twice": _("与第 {0} 行的公民身份号码相同，同一人只能填一次。"),
    "in_roster": _("此人已在本班花名册中。"),
}
WARNINGS: dict[str, Text] = {
    "in_class": _("这段时间已参加其他班次的培训，至 {0}；时间不能重叠。"),
    "times": _("本年度已参加 {0} 次补贴性培训，每人每年最多 {1} 次。"),
    "hidden": _("这一行在表格中是隐藏的，请确认是否属于本班。"),
    "corrected": _("这个号码曾因录入错误更正过，请对照身份证核对，不要再次填错。"),
}
Problem = Sequence[Any]


def fields_for(category: str, day: date | None = None) -> tuple[RosterField, ...]:
    """The columns of a category's roster: employees are paid through their unit, marks only where the rule table asks
    for them.
    """
    try:
        found = table_on(day or timezone.localdate()).category(category)
    except (KeyError, NoTable):
        return ALL_FIELDS[:-1]
    employees = found.section == EMPLOYEES
    return tuple(
        field
        for field in ALL_FIELDS
        if not (employees and field.key in {"bank_name", "bank_account"})
        and (field.key != "marks" or "marks" in found.columns)
    )


def check_cells(
    fields: Sequence[RosterField], cells: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Problem], list[list[str]]]:
    """One row: (cells with what could be mended, {key: problem}, [[key, note]]). A problem is its code; `explain` gives
    its words.
    """
    mended, wrong, notes = {}, {}, []
    for field in fields:
        text = cells.get(field.key) or ""
        if not text:
            mended[field.key] = ""
            if field.required:
                wrong[field.key] = ["required"]
            continue
        try:
            mended[field.key], said = field.check(text)
        except IdError as error:
            mended[field.key] = text
            wrong[field.key] = [error.code]
        else:
            notes += [[field.key, note] for note in said]
    return mended, wrong, notes


def explain(field: RosterField, text: str, problem: Problem) -> str:
    """The sentence of a stored problem in the reader's language. Stored problems hold no personal data: the cell is
    checked again.
    """
    code, *words = problem
    if code in PROBLEMS:
        return str(PROBLEMS[code]).format(*words, header=field.label)
    try:
        field.check(text)
    except IdError as error:
        return str(error.message)
    return gettext("请核对这一格后重新保存。")


def suggestion(field: RosterField, text: str) -> str:
    """A value offered for a wrong cell (the 18-digit form of a 15-digit number), never applied by itself."""
    try:
        field.check(text)
    except IdError as error:
        return error.suggestion or ""
    return ""


def warn(warning: Problem) -> str:
    code, *words = warning
    return str(WARNINGS[code]).format(*words)


def enrolment_values(cells: Mapping[str, str]) -> dict[str, Any]:
    """The enrolment's columns from a good row's cells."""
    return {
        "ethnicity": ETHNICITY_CODES.get(cells.get("ethnicity") or "", ""),
        "phone": cells.get("phone") or None,
        "bank_name": cells.get("bank_name") or "",
        "bank_account": cells.get("bank_account") or None,
        "household": HOUSEHOLDS.get(cells.get("household") or "", ""),
        "marks": [MARK_CODES[mark] for mark in (cells.get("marks") or "").split(LISTED) if mark in MARK_CODES],
    }


def cells_of(enrolment: Any) -> dict[str, str]:
    """The other way round: an enrolment as the cells it was entered by."""
    households = {code: name for name, code in HOUSEHOLDS.items()}
    person = enrolment.person
    return {
        "name": enrolment.name,
        "number": person.number,
        "ethnicity": ethnicity_name(enrolment.ethnicity),
        "household": households.get(enrolment.household, ""),
        "phone": enrolment.phone or "",
        "bank_name": enrolment.bank_name,
        "bank_account": enrolment.bank_account or "",
        "marks": LISTED.join(name for name, code in MARK_CODES.items() if code in enrolment.marks),
    }


def ethnicity_name(code: str) -> str:
    place = whole(code, len(ETHNICITIES))
    return ETHNICITIES[place - 1] if place else ""


def mark_names(codes: Sequence[str]) -> list[str]:
    return [MARKS[code].of(language()) for code in codes if code in MARKS]
