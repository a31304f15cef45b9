"""The words of what this room's events tell, for the audit page and the histories (R-SEC-2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.domain.labels import register_act_labels, register_codes, register_data_labels
from casework.domain.act_labels import register_slots
from eligibility.domain.corrected import corrected_label
from eligibility.enums import Agreement, Answer, Mode, Verdict
from eligibility.registries.catalogue import REGISTRIES
from eligibility.rules.departments import check_of
from kit.languages import language

DATA = {
    "subject": _("学员记录编号"),
    "check": _("条件"),
    "answer": _("答复"),
    "department": _("答复部门"),
    "letter": _("复函文号"),
    "questions": _("协查编号"),
    "own_account": _("由该部门账户答复"),
    "registry": _("外部系统"),
    "mode": _("连接方式"),
    "subjects": _("查询人数"),
    "cases": _("件数"),
    "overruling": _("推翻编号"),
    "uscc": _("统一社会信用代码"),
    "area": _("认定地区"),
    "full_numbers": _("含完整号码"),
    "correction": _("更正单号"),
    "corrected": _("更正的内容"),
    "merged": _("并入的记录编号"),
    "person": _("人员记录编号"),
}

ACTS = {
    "assistance.answered": _("填写协查结果"),
    "assistance.refused": _("拒收协查结果"),
    "assistance.shown": _("查看待答复协查的人员信息"),
    "correction.drafted": _("起草信息更正"),
    "correction.amended": _("修改信息更正"),
    "person.corrected": _("更正人员信息"),
    "person.merged": _("合并同一人的记录"),
    "recognition.entered": _("登记困难企业认定"),
    "recognition.refused": _("拒收困难企业认定"),
    "letter.issued": _("出具协查函"),
    "letter.sheet_taken": _("下载协查表格"),
    "overruling.proposed": _("提出推翻比对结果"),
    "overruling.refused": _("拒绝推翻比对结果"),
    "overruling.agreed": _("同意推翻比对结果"),
    "overruling.declined": _("不同意推翻比对结果"),
    "registry.asked_again": _("立即再次比对"),
    "registry.switched": _("更改外部系统连接方式"),
    "registry.file_out": _("导出待比对名单"),
    "registry.file_in": _("导入回传文件"),
    "roster.prechecked": _("提交前预检"),
    "whatif.run": _("政策测算"),
}


def check_label(code: str) -> str:
    """A check by the words of its line in the rule table."""
    check = check_of(code)
    return check.label.of(language()) if check else code


def registry_label(code: str) -> str:
    registry = REGISTRIES.get(code)
    return (registry.name_zh if language() == "zh" else registry.name_en) if registry else code


def register_labels() -> None:
    register_act_labels(ACTS)
    register_slots({"evidence": _("身份证复印件或证明"), "returned": _("外部系统回传文件")})
    register_data_labels(
        DATA,
        {
            "check": check_label,
            "registry": registry_label,
            "corrected": lambda parts: [corrected_label(part) for part in parts],
        },
    )
    register_data_labels({"moved": _("转入的记录数")}, {"moved": lambda moved: sum(moved.values())}, of="person.merged")
    register_codes({"agree": _("同意推翻"), "decline": _("不同意")})
    for words in (Answer, Agreement, Mode, Verdict):
        register_codes({code: label for code, label in words.choices if code != Verdict.NONE})
