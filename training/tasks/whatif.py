"""A what-if run as a job with a worksheet at its end (R-ELG-4)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date

from celery import shared_task
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.categories import category_name
from casework.domain.jobs import finish, progress, running
from casework.models import Job
from eligibility.enums import Verdict
from eligibility.rules.table import table_named
from kit.sheets import write_table
from training.domain.verification.whatif import TASK, Outcome, judged_classes, what_if

SHOWN = 200


@shared_task(name=TASK)
def run_what_if(job_id: int) -> None:
    """Judge the enrolments of a period under another table and list what would change; nothing is written to them."""
    with running(job_id) as job:
        if job is None:
            return
        table = table_named(job.arguments["table"])
        since, until = (date.fromisoformat(job.arguments[name]) for name in ("since", "until"))
        classes, told, judged = judged_classes(since, until), [], 0
        progress(job, 0, len(classes))
        for done, class_id in enumerate(classes, start=1):
            outcomes = list(what_if(table, class_id))
            judged += len(outcomes)
            told += [outcome for outcome in outcomes if outcome.changes or outcome.why_not]
            progress(job, done)
        changed = [outcome for outcome in told if outcome.changes]
        job.file.save("x", ContentFile(worksheet(job, told)), save=False)
        job.file_name = f"what-if-{table.code}-{since}-{until}.xlsx"
        finish(
            job,
            _("已测算%(judged)s人，%(changed)s人结论会改变，%(unknown)s人资料不足。")
            % {
                "judged": judged,
                "changed": len(changed),
                "unknown": len(told) - len(changed),
            },
            judged=judged,
            changed=len(changed),
            unknown=len(told) - len(changed),
            rows=[
                {
                    "enrolment": o.enrolment.pk,
                    "before": o.before,
                    "after": o.after,
                    "lines": list(o.lines),
                    "why_not": o.why_not,
                }
                for o in (*changed, *(o for o in told if o.why_not))
            ][:SHOWN],
        )


def worksheet(job: Job, told: Iterable[Outcome]) -> bytes:
    """The list as a workbook; names and numbers masked (R-SEC-1)."""
    stream = io.BytesIO()
    headers = [
        _("班次编号"),
        _("班次名称"),
        _("人员类别"),
        _("序号"),
        _("姓名"),
        _("公民身份号码"),
        _("原结论"),
        _("测算结论"),
        _("变化的审核项"),
    ]
    rows = (
        [
            o.enrolment.training_class.number,
            o.enrolment.training_class.name,
            category_name(o.enrolment.examination.category),
            o.enrolment.sequence,
            o.enrolment.person.masked_name,
            o.enrolment.person.masked_number,
            str(Verdict(o.before).label),
            str(Verdict(o.after).label) if o.after else o.why_not,
            "；".join(o.lines),
        ]
        for o in told
    )
    who = f"{job.by} {timezone.localtime():%Y-%m-%d %H:%M}"
    write_table(
        stream, headers, rows, title=job.title, watermark=_("%(who)s 政策测算") % {"who": who}, sheet_name=_("政策测算")
    )
    return stream.getvalue()
