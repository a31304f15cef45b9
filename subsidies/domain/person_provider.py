"""What this room provides of a person: what comes to light when two records turn out to be one person (R-SUB-3)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from eligibility.models import Person
from subsidies.enums import SUBSIDISED, Item
from subsidies.models import SubsidyLine


def brings_up(one: Person, other: Person) -> list[str]:
    """The projects for which both were subsidised: then one person was paid twice, and that has to be looked into; two
    queries.
    """
    mine, theirs = _subsidised(one), _subsidised(other)
    return [
        _(
            "两份记录都已享受“%(project)s”项目的补贴（班次%(one)s、%(other)s）：合并后属于重复享受，应核实并追回多拨的资金。"
        )
        % {"project": mine[project][0], "one": mine[project][1], "other": theirs[project][1]}
        for project in mine
        if project in theirs
    ]


def _subsidised(person: Person) -> dict[int, tuple[str, str]]:
    of_class = "enrolment__training_class__"
    rows = SubsidyLine.objects.filter(enrolment__person=person, state__in=SUBSIDISED, item=Item.TRAINING).order_by("pk")
    return {
        project: (name, number)
        for project, name, number in rows.values_list(
            f"{of_class}project", f"{of_class}project__name", f"{of_class}number"
        )
    }
