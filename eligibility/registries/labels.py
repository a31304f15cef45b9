"""Record types and their fields in the words of a worksheet, and cells back into what a registry would have sent (file
exchange).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.registries import facts
from eligibility.registries.catalogue import REGISTRIES
from eligibility.registries.facts import RecordType
from kit.dates import cell_date
from kit.text import cell_text
from kit.whole import whole

TYPES = {
    "job_seeking": gettext_lazy("求职登记"),
    "unemployment": gettext_lazy("失业登记"),
    "hardship": gettext_lazy("就业困难认定"),
    "zero_employment_family": gettext_lazy("零就业家庭认定"),
    "capacity_reduction": gettext_lazy("去产能失业"),
    "unit_employment": gettext_lazy("单位就业登记"),
    "labour_resource": gettext_lazy("劳动力资源登记"),
    "transfer_employment": gettext_lazy("转移就业登记"),
    "return_home": gettext_lazy("返乡登记"),
    "residence": gettext_lazy("居住登记"),
    "person": gettext_lazy("人员基本信息"),
    "post": gettext_lazy("企业任职"),
    "enterprise": gettext_lazy("企业登记"),
    "employee_insurance": gettext_lazy("职工参保"),
    "employee_pension": gettext_lazy("职工养老保险"),
    "post_kind": gettext_lazy("岗位类别"),
    "insured_unit": gettext_lazy("参保单位"),
    "contract": gettext_lazy("劳动合同"),
    "dispatch": gettext_lazy("劳务派遣"),
    "degree": gettext_lazy("学历"),
    "poor_labourer": gettext_lazy("建档立卡贫困劳动力"),
    "poor_family_child": gettext_lazy("贫困家庭子女"),
    "certificate": gettext_lazy("技能证书"),
    "death": gettext_lazy("死亡"),
    "imprisonment": gettext_lazy("服刑"),
}
FIELDS = {
    "registered_on": gettext_lazy("登记日期"),
    "cancelled_on": gettext_lazy("注销日期"),
    "division": gettext_lazy("行政区划代码"),
    "from": gettext_lazy("起始日期"),
    "to": gettext_lazy("终止日期"),
    "laid_off_on": gettext_lazy("下岗日期"),
    "uscc": gettext_lazy("企业统一社会信用代码"),
    "transfer_wish": gettext_lazy("有转移意愿"),
    "training_wish": gettext_lazy("有培训愿望"),
    "agency": gettext_lazy("经办机构"),
    "urban": gettext_lazy("居住在城镇"),
    "since": gettext_lazy("居住起始日期"),
    "name": gettext_lazy("登记名称"),
    "household": gettext_lazy("户口性质"),
    "role": gettext_lazy("职务"),
    "status": gettext_lazy("登记状态"),
    "entity_type": gettext_lazy("主体类型"),
    "established_on": gettext_lazy("成立日期"),
    "months_paid": gettext_lazy("缴费月数"),
    "drawing_since": gettext_lazy("领取起始日期"),
    "kind": gettext_lazy("类别"),
    "signed_on": gettext_lazy("签订日期"),
    "occupation": gettext_lazy("职业代码"),
    "agency_uscc": gettext_lazy("派遣单位代码"),
    "host_uscc": gettext_lazy("用工单位代码"),
    "school": gettext_lazy("学校"),
    "level": gettext_lazy("层次等级"),
    "graduated_on": gettext_lazy("毕业日期"),
    "number": gettext_lazy("证书编号"),
    "issued_on": gettext_lazy("发证日期"),
    "issuer": gettext_lazy("发证机构"),
    "on": gettext_lazy("日期"),
}
VALUES = {
    "household": {"rural": gettext_lazy("农村牧区"), "urban": gettext_lazy("城镇")},
    "role": {
        "legal_representative": gettext_lazy("法定代表人"),
        "individual_operator": gettext_lazy("个体工商户经营者"),
        "shareholder": gettext_lazy("股东"),
        "executive": gettext_lazy("高级管理人员"),
    },
    "status": {"active": gettext_lazy("存续"), "revoked": gettext_lazy("吊销"), "deregistered": gettext_lazy("注销")},
    "entity_type": {
        "legal_person": gettext_lazy("独立法人"),
        "branch": gettext_lazy("分公司"),
        "office": gettext_lazy("办事处"),
        "service_point": gettext_lazy("服务点"),
        "individual": gettext_lazy("个体工商户"),
    },
    "kind": {"worker": gettext_lazy("工人岗位"), "manager": gettext_lazy("管理岗位")},
}
TRUTH = {True: gettext_lazy("是"), False: gettext_lazy("否")}


def types_of(registry: str, about: str = "") -> dict[str, RecordType]:
    """The record types of a registry, about persons and enterprises or one of them."""
    return {name: kind for name, kind in REGISTRIES[registry].records.items() if not about or kind.about == about}


def tests_of(registry: str) -> dict[str, facts.Test]:
    """Every field of the registry's records once, in the catalogue's order."""
    found: dict[str, facts.Test] = {}
    for kind in types_of(registry).values():
        for name, test, _needed in kind.fields:
            found.setdefault(name, test)
    return found


def type_label(name: str) -> str:
    return str(TYPES[name])


def fault(example: str) -> str:
    """An odd record as `type: fields at fault` in the reader's words; a name nobody agreed on stays as it came."""
    name, _colon, fields = example.partition(": ")
    if fields == "type":
        return _("“%(type)s”不是约定的记录类型") % {"type": name}
    said = _("、").join(str(FIELDS.get(field, f"“{field}”")) for field in fields.split(", "))
    return _("%(type)s：%(fields)s") % {"type": TYPES.get(name, name), "fields": said}


def choices_of(field: str, test: facts.Test) -> list[str]:
    """What may be chosen in a field's column; nothing where it is written freely."""
    if test is facts.truth:
        return [str(label) for label in TRUTH.values()]
    return [] if test is facts.text else [str(label) for label in VALUES.get(field, {}).values()]


def raw_record(registry: str, name: str, cells: Mapping[str, Any]) -> dict[str, Any]:
    """One row's cells (by field) as the record the registry would have sent; what cannot be read stays as it was
    written.
    """
    record: dict[str, Any] = {"type": name}
    for field, test, _needed in REGISTRIES[registry].records[name].fields:
        text = cell_text(cells.get(field))
        if text:
            record[field] = _value(field, test, cells[field], text)
    return record


def _value(field: str, test: facts.Test, cell: Any, text: str) -> Any:
    if test is facts.day:
        day = cell_date(cell)
        return day.isoformat() if day else text
    if test is facts.count:
        return text if (number := whole(text)) is None else number
    if test is facts.truth:
        return next((value for value, label in TRUTH.items() if str(label) == text), text)
    if test is facts.text:
        return text
    return next((value for value, label in VALUES.get(field, {}).items() if str(label) == text), text)


def columns_help(registry: str) -> list[str]:
    """Which columns each record type fills: must, then may."""
    lines = []
    for name, kind in types_of(registry).items():
        must = "、".join(str(FIELDS[field]) for field in kind.must)
        may = "、".join(str(FIELDS[field]) for field in kind.may)
        line = _("%(type)s：必填%(must)s") % {"type": type_label(name), "must": must}
        lines.append(line + (_("；可填%(may)s") % {"may": may} if may else ""))
    return lines
