"""The audit trail's acts in words; every app adds its own in `ready()` (R-SEC-2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from accounts.domain.categories import category_label, training_type_label
from accounts.domain.changes import shown
from accounts.enums import Act, Role

_words: dict[str, str | Promise] = {
    "account.login": _("登录"),
    "account.logout": _("退出登录"),
    "account.login_failed": _("登录失败"),
    "account.locked_out": _("登录锁定"),
    "account.unlocked": _("解除登录锁定"),
    "account.password_changed": _("修改密码"),
    "account.password_reset": _("重置密码"),
    "account.totp_added": _("启用动态口令"),
    "account.totp_removed": _("停用动态口令"),
    "account.totp_cleared": _("清除动态口令"),
    "account.opened": _("开设账户"),
    "account.deactivated": _("停用账户"),
    "account.activated": _("恢复账户"),
    "membership.opened": _("设立岗位"),
    "membership.refused": _("拒绝设立岗位"),
    "membership.ended": _("终止岗位"),
    "membership.taken": _("切换岗位"),
    "organisation.opened": _("开设单位"),
    "organisation.changed": _("修改单位"),
    "organisation.closed": _("停用单位"),
    "organisation.reopened": _("恢复单位"),
    "grant.given": _("授予权限"),
    "grant.refused": _("拒绝授权"),
    "grant.revoked": _("收回权限"),
    "grant.confirmed": _("复核权限"),
    "membership.confirmed": _("复核岗位"),
    "token.revoked": _("作废接口令牌"),
    "token.issued": _("签发接口令牌"),
    "token.refused": _("拒发接口令牌"),
    "person.unmasked": _("查看完整个人信息"),
    "person.unmask_refused": _("拒绝查看完整个人信息"),
    "audit.verified": _("核验审计链"),
    "keys.rotated": _("轮换加密密钥"),
    "audit.digest": _("生成每日摘要"),
    "audit.digest_taken": _("下载每日摘要"),
    "guard.refused": _("拒绝不留痕的改动"),
    "backup.made": _("做备份"),
    "watch.found": _("夜间核对发现问题"),
    "installation.made": _("安装系统"),
}


def register_act_labels(words: Mapping[str, str | Promise]) -> None:
    """Add words for acts, e.g. {"roster.taken": _("收取名册")}."""
    _words.update(words)


def act_label(act: str) -> str:
    """The words for an act, or its code where nobody gave any."""
    return str(_words.get(act, act))


_labels: dict[str, str | Promise] = {
    "to": _("授予"),
    "act": _("权限"),
    "category": _("人员类别"),
    "training_type": _("培训类别"),
    "begins_on": _("生效日期"),
    "expires_on": _("失效日期"),
    "role": _("岗位"),
    "until": _("终止日期"),
    "organisation": _("单位"),
    "username": _("用户名"),
    "fields": _("查看的内容"),
    "flaws": _("不一致处数"),
    "digest": _("链尾摘要"),
    "changed": _("修改"),
    "door": _("途径"),
    "made": _("建立的记录"),
    "day": _("日期"),
    "table": _("数据表"),
    "row": _("行号"),
    "chains": _("链数"),
    "code": _("问题"),
    "what": _("对象"),
    "token": _("令牌编号"),
    "label": _("用途"),
    "id": _("编号"),
    "key": _("密钥编号"),
    "renewed": _("已更新行数"),
    "unreadable": _("无法读取行数"),
    "before": _("原状态"),
    "after": _("新状态"),
    "version": _("版本"),
    "reason": _("理由"),
    "reason_choice": _("理由"),
    "note": _("说明"),
    "text": _("内容"),
    "purpose": _("用途"),
    "dump": _("导出文件的摘要"),
    "files": _("文件数"),
}
DEFAULT_NAME = re.compile(r"\w+ object \((\w+)\)")
_codes: dict[str, str | Promise] = {}


def register_codes(words: Mapping[str, str | Promise]) -> None:
    """Words for codes that events count, e.g. the marks of attendance."""
    _codes.update(words)


def code_label(code: str) -> str:
    """The words of a code, or what it is where nobody gave any."""
    return str(_codes.get(code, code))


def label_of(name: str) -> str:
    """The label of a field by its name, "" where nobody gave one."""
    return str(_labels.get(name, ""))


def describe_changes(changes: Mapping[str, Any], act: str = "") -> str:
    """What was changed: «name “before” → “after”»; where only the new value is kept, how many got which."""
    pairs = [
        f"{_label(name, act)} “{_said(name, value[0], act)}” → “{_said(name, value[1], act)}”"
        for name, value in changes.items()
        if isinstance(value, list)
    ]
    counts = Counter(value for value in changes.values() if not isinstance(value, list))
    return "；".join([*pairs, *(f"{_codes.get(code, code)} {n}" for code, n in counts.items())])


def subject_label(subject: str) -> str:
    """A subject as it is read; those kept of old under a model's default name are called by their number."""
    found = DEFAULT_NAME.fullmatch(subject)
    return said("编号 %(number)s") % {"number": found[1]} if found else subject


def is_labelled(key: str, act: str) -> bool:
    """Whether a key of an act's data has words."""
    return _key(_labels, key, act) in _labels


def _key(words: Mapping[str, Any], field: str, act: str) -> str:
    """A field as this act calls it, as acts of its kind do, or as all do."""
    return next((key for key in (f"{act}:{field}", f"{act.partition('.')[0]}:{field}") if key in words), field)


def _label(name: str, act: str) -> str:
    """A field in words; «12.score» is the field of number 12 of a list."""
    place, _dot, field = name.rpartition(".")
    label = str(_labels.get(_key(_labels, field, act), field))
    return f"{place}. {label}" if place else label


def _said(name: str, value: Any, act: str) -> str:
    """A kept value in words: sealed ones masked, codes by their names."""
    text, field = shown(str(value)), _key(_values, name.rpartition(".")[2], act)
    return str(_values[field](text)) if field in _values else str(_codes.get(text, text))


def _truth(value: Any) -> Any:
    return (said("是") if value else said("否")) if isinstance(value, bool) else value


_values: dict[str, Callable[[Any], Any]] = {
    "act": lambda code: Act(code).label if code in Act.values else code,
    "category": category_label,
    "training_type": training_type_label,
    "role": lambda code: Role(code).label if code in Role.values else code,
}


def register_data_labels(
    labels: Mapping[str, str | Promise], values: Mapping[str, Callable[[Any], Any]] | None = None, *, of: str = ""
) -> None:
    """Words for the keys of an event's `data`, and how a key's value is said; `of` an act, or of the acts of a kind,
    where a key means another thing there.
    """
    head = f"{of}:" if of else ""
    _labels.update({head + key: label for key, label in labels.items()})
    _values.update({head + key: words for key, words in (values or {}).items()})


def describe_data(data: Mapping[str, Any], act: str = "") -> list[tuple[str, str]]:
    """An act's data as (label, text); empty values are left out, except that no category means all of them."""
    lines = []
    for name, value in data.items():
        key = _key(_values, name, act)
        text = describe_changes(value, act) if name == "changed" else _values[key](value) if key in _values else value
        parts = [
            str(_codes.get(part, part) if isinstance(part, str) else _truth(part))
            for part in (text if isinstance(text, list) else [text])
        ]
        if text not in ("", None, [], {}):
            lines.append((_label(name, act), "、".join(parts)))
    return lines


def known_acts() -> list[tuple[str, str]]:
    """(act, words) of all acts with words, for the filter."""
    return [(act, str(words)) for act, words in _words.items()]
