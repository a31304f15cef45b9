"""The Celery application. Queues by urgency: interactive first, then checks, exports, nightly."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fanbu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
