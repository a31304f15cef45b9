"""The Celery application. Queues by urgency: interactive first, then checks, exports, nightly."""

import os

from celery import Celery
from celery.signals import task_prerun, worker_init

from kit.fast.memory import collect_seldom
from kit.logs import REQUEST

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fanbu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def settle(**_sent: object) -> None:
    """Before the processes that take jobs are made: they inherit it."""
    collect_seldom()


@task_prerun.connect
def number(task_id: str, **_sent: object) -> None:
    """The lines a task writes to the log carry its own number."""
    REQUEST.set(task_id.replace("-", "")[:16])
