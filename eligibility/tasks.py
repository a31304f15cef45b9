"""Background work of eligibility."""

from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils.translation import gettext as _

from casework.domain.jobs import finish, progress, running
from casework.models import Attachment, Job
from eligibility.domain.examine import subjects
from eligibility.domain.exchange import take_in
from eligibility.domain.exchange_file import READ, Returned, read_exchange
from eligibility.domain.person_providers import ask_anew
from eligibility.domain.reminders import remind
from eligibility.models import Exchange
from kit.refusals import Refused

MOST_PROBLEMS, MOST_NAMED = 200, 20


@shared_task(name="eligibility.tasks.ask_again")
def ask_again() -> int:
    """Ask silent registries again for everyone they left open; the rooms above know whom (R-ELG-1, R-ELG-6). Gives how
    many checks.
    """
    return subjects().ask_again()


@shared_task(name="eligibility.tasks.remind")
def remind_of_deadlines() -> int:
    """Remind departments and offices of 协查 whose last day nears or has passed; once a stage (R-ELG-5). Gives how many
    questions.
    """
    return remind()


@shared_task(name="eligibility.tasks.ask_anew")
def ask_anew_about(job_id: int) -> None:
    """After a correction: have every open case with this person compared again under the right name and number
    (R-SEC-2).
    """
    with running(job_id) as job:
        if job:
            checks = ask_anew(job.arguments["person"])
            finish(job, _("已安排%(count)s件申请重新比对。") % {"count": checks}, checks=checks)


@shared_task(name=READ)
def read_returned(job_id: int) -> None:
    """Read a file a registry's keeper sent back; a file that cannot be read leaves its sentence, a bad row its own
    (R-ELG-1).
    """
    with running(job_id) as job:
        if job is None:
            return
        exchange, kept = Exchange.objects.get(pk=job.object_id), Attachment.objects.get(pk=job.arguments["attachment"])
        try:
            with kept.file.open("rb") as stream:
                returned = read_exchange(exchange, stream, partial(progress, job))
            _take(job, exchange, returned)
        except Refused as refused:
            finish(job, str(refused), refused=True)


def _take(job: Job, exchange: Exchange, returned: Returned) -> None:
    """Keep the answers and check the cases that waited again, both or neither; of a file with a row
    of nobody's, none.
    """
    if returned.untold:
        rows = "、".join(map(str, returned.untold[:MOST_NAMED]))
        finish(
            job,
            _("第%(rows)s行不能确定是谁的记录，整份文件没有收取。请按下载的表格改正这些行，重新上传整份文件。")
            % {
                "rows": rows if len(returned.untold) <= MOST_NAMED else _("%(numbers)s等") % {"numbers": rows},
            },
            refused=True,
            problems=returned.problems[:MOST_PROBLEMS],
        )
        return
    with transaction.atomic():
        waiting = take_in(exchange, returned.answers, by=job.by)
        cases = subjects().ask_again(waiting) if waiting else 0
    summary = _("收到%(count)s个对象的答复，%(cases)s件重新比对。") % {"count": len(returned.answers), "cases": cases}
    if returned.problems:
        summary += _("%(rows)s行没有收取。") % {"rows": len(returned.problems)}
    finish(job, summary, answered=len(returned.answers), problems=returned.problems[:MOST_PROBLEMS])
