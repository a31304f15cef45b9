"""Whether an enterprise is an independent legal person of the region, by the business registry (R-REG-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.models import RegistryAnswer
from kit.crypto import lookup_hash
from kit.identity import fold_code

HOME = "15"
NO_LEGAL_PERSON = {
    "branch": gettext_lazy("分公司"),
    "office": gettext_lazy("办事处"),
    "service_point": gettext_lazy("服务点"),
    "individual": gettext_lazy("个体工商户"),
}


def uscc_hash(uscc: str) -> bytes:
    """The key under which answers about an enterprise are kept."""
    return lookup_hash(fold_code(uscc), "uscc")


def enterprise_found(kind: str, object_id: int, uscc: str) -> list[dict[str, Any]] | None:
    """What the business registry last answered about an enterprise within the jobs of a case; None while it has not
    answered readably.
    """
    answer = (
        RegistryAnswer.objects.filter(
            job__kind=kind, job__object_id=object_id, registry="business", subject_hash=uscc_hash(uscc)
        )
        .order_by("-id")
        .first()
    )
    if answer is None or answer.facts is None or any(fact.get("malformed") for fact in answer.facts):
        return None
    return [fact for fact in answer.facts if fact["type"] == "enterprise"]


def why_no_legal_person(records: Sequence[dict[str, Any]]) -> str:
    """The sentence that says why these records show no active legal person of the region, or ""."""
    for enterprise in records:
        if kind := NO_LEGAL_PERSON.get(enterprise["entity_type"]):
            return _("工商信息系统登记为%(kind)s，不是独立法人企业（二（二）3）。") % {"kind": kind}
        if not enterprise["division"].startswith(HOME):
            return _("工商信息系统登记的注册地（%(division)s）不在自治区内（二（二）3）。") % {
                "division": enterprise["division"]
            }
        if enterprise["status"] != "active":
            return _("工商信息系统登记的企业状态不是存续。")
    return ""
