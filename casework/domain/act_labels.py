"""The words of this room's acts and of what its events tell, for the audit page (R-SEC-2)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.domain.labels import register_act_labels, register_codes, register_data_labels
from casework.domain.files import own_label
from casework.domain.flow import Flow
from casework.domain.policy import policy_kinds
from casework.enums import PolicyAction, State, Topic

_slots: dict[str, str | Promise] = {}


def register_slots(labels: Mapping[str, str | Promise]) -> None:
    """What the papers of these slots are called."""
    _slots.update(labels)


def slot_label(code: str) -> str:
    return str(_slots.get(code) or own_label(code))


DATA = {
    "amount": _("金额（元）"),
    "people": _("人数"),
    "name": _("名称"),
    "size": _("字节数"),
    "slot": _("材料"),
    "sha256": _("文件摘要"),
    "title": _("任务"),
    "internal": _("仅审批部门可见"),
    "begins": _("起"),
    "ends": _("止"),
    "rows": _("行数"),
    "job": _("任务编号"),
    "file": _("附件"),
    "document": _("文号"),
    "days": _("日期"),
    "year": _("年份"),
    "moved": _("重新计算的期限"),
    "mail": _("邮箱"),
    "by_mail": _("发邮件"),
    "by_sms": _("发短信"),
    "pace_case": Topic.CASE.label,
    "pace_work": Topic.WORK.label,
    "pace_deadline": Topic.DEADLINE.label,
    "pace_announcement": Topic.ANNOUNCEMENT.label,
}


def state_label(code: object) -> object:
    """A state in words; anything else (an amount, an answer) as it is."""
    return State(code).label if code in State.values else code


def policy_label(code: str) -> str:
    return str(policy_kinds()[code].label) if code in policy_kinds() else code


def register_labels() -> None:
    register_act_labels({"workdays.entered": _("录入放假调休安排")})
    register_act_labels(
        {
            "file.attached": _("上传材料"),
            "file.taken": _("下载材料"),
            "file.altered": _("材料与保存时不一致"),
            "job.file_taken": _("下载任务结果"),
            "policy.drafted": _("起草政策"),
            "policy.put_in_force": _("政策生效"),
            "policy.withdrawn": _("撤回政策草稿"),
            "policy.sent_back": _("退回政策草稿"),
            "policy.imported": _("上传政策表格"),
            "policy.exported": _("导出政策表格"),
            "comment.added": _("留言"),
            "contact.changed": _("更改消息设置"),
            "announcement.sent": _("群发通知公告"),
            "job.taken_up_again": _("重新办理任务"),
        }
    )
    register_data_labels(DATA, {"before": state_label, "after": state_label, "slot": slot_label})
    register_codes(dict(State.choices))
    register_data_labels({"text": _("内容"), "to": _("发给")}, of="announcement")
    register_data_labels(
        {"policy": _("种类"), "action": _("办理")},
        {
            "policy": policy_label,
            "action": lambda code: PolicyAction(code).label if code in PolicyAction.values else code,
        },
    )


def register_moves(flow: Flow) -> None:
    """Every move of a flow table is an act: «procedure: button»."""
    register_act_labels(
        {f"{flow.kind}.{move.name}": format_lazy("{}：{}", flow.label, move.label) for move in flow.moves}
    )
