"""Who changes by judging for the days of the class, and why; with --apply the change itself (R-ELG-3, R-ELG-4)."""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from eligibility.domain.examine import subjects
from eligibility.enums import Verdict
from subsidies.domain import rejudging

HEADERS = ("班次", "序号", "姓名", "号码", "关口", "原结论", "新结论", "是否已拨付", "原因")


class Command(BaseCommand):
    """A report first, as text or with --csv as a file; --apply changes class by class and may be broken off and run
    again.
    """

    help = (
        "按班期重新判定以前的结论：先出报告，--apply 才更改；已拨付的只报告 / Judge earlier verdicts anew: a report,"
        " changed with --apply; paid ones only reported."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--csv", metavar="FILE", help="write who changes to a file (UTF-8 with BOM)")
        parser.add_argument("--apply", action="store_true", help="keep the new judgements")

    def handle(self, *_args: Any, **options: Any) -> None:
        rows = list(self._report())
        if options["csv"]:
            with open(options["csv"], "w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([HEADERS, *rows])
        else:
            for row in rows:
                self.stdout.write("\t".join(row))
        if options["apply"]:
            self._apply()

    def _report(self) -> Iterator[tuple[str, ...]]:
        """Who changes, or of whom it cannot be said; the sums at the end."""
        found: Counter[str] = Counter()
        for class_id in rejudging.classes_of_before():
            for one in rejudging.report(class_id):
                found[f"{one.before} → {one.after or '?'}{' (paid)' if one.is_paid else ''}"] += 1
                if one.changes or one.why_not:
                    yield _row(one)
        for what, count in sorted(found.items()):
            self.stderr.write(f"{count}\t{what}")

    def _apply(self) -> None:
        judged = changed = asked = 0
        for class_id in rejudging.classes_of_before(unpaid=True):
            done, others, jobs = rejudging.apply(class_id)
            judged, changed = judged + done, changed + others
            asked += subjects().ask_again(jobs) if jobs else 0
        self.stdout.write(
            f"已重新判定 {judged} 人，结论改变 {changed} 人，{asked} 件重新比对 / {judged} judged anew, {changed}"
            f" changed, {asked} cases compared again"
        )


def _row(one: rejudging.Rejudged) -> tuple[str, ...]:
    person, examination = one.enrolment.person, one.enrolment.examination
    return (
        one.enrolment.training_class.number,
        str(one.enrolment.sequence),
        person.name,
        person.masked_number,
        str(examination.get_gate_display()),
        str(Verdict(one.before).label),
        str(Verdict(one.after).label) if one.after else "—",
        _("已拨付，不更改") if one.is_paid else "",
        one.why_not or "；".join(one.lines),
    )
