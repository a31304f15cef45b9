"""The audit trail's acts in words; every app adds its own in `ready()` (R-SEC-2)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    "post.opened": _("设立岗位"),
    "post.ended": _("终止岗位"),
    "post.taken": _("切换岗位"),
    "organisation.opened": _("开设单位"),
    "organisation.changed": _("修改单位"),
    "organisation.closed": _("停用单位"),
    "organisation.reopened": _("恢复单位"),
    "grant.given": _("授予权限"),
    "grant.refused": _("拒绝授权"),
    "grant.revoked": _("收回权限"),
    "token.issued": _("签发接口令牌"),
    "token.refused": _("拒发接口令牌"),
    "person.unmasked": _("查看完整个人信息"),
    "person.unmask_refused": _("拒绝查看完整个人信息"),
    "audit.verified": _("核验审计链"),
    "keys.rotated": _("轮换加密密钥"),
}


def register_act_words(words: Mapping[str, str | Promise]) -> None:
    """Add words for acts, e.g. {"roster.taken": _("收取名册")}."""
    _words.update(words)


def act_words(act: str) -> str:
    """The words for an act, or its code where nobody gave any."""
    return str(_words.get(act, act))


def known_acts() -> list[tuple[str, str]]:
    """(act, words) of all acts with words, for the filter."""
    return [(act, str(words)) for act, words in _words.items()]
