"""The beat's Celery application: it puts names on the queue by the clock and needs neither Django nor the tasks behind
the names.
"""

import os

from celery import Celery

from beat.schedule import DEFAULT_QUEUE, SCHEDULE, TIMEZONE, TRANSPORT, broker_url

app = Celery("fanbu-beat", fixups=[], set_as_current=False)
app.conf.update(
    broker_url=broker_url(os.environ),
    broker_connection_retry_on_startup=True,
    broker_transport_options=TRANSPORT,
    beat_schedule=SCHEDULE,
    task_default_queue=DEFAULT_QUEUE,
    task_ignore_result=True,
    timezone=TIMEZONE,
    worker_hijack_root_logger=False,
)
