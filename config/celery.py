"""The Celery application. Queues by urgency: interactive first, then checks, exports, nightly."""

import os

from celery import Celery
from celery.signals import worker_init

from kit.fast.memory import collect_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fanbu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def settle(**_sent: object) -> None:
    """Before the processes that take jobs are made: they inherit it."""
    collect_seldom()
