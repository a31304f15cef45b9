"""What is rung and when, and the queue it is put on: for the beat, which knows nothing else, and for the settings
alike.
"""

from collections.abc import Mapping
from typing import Any

from celery.schedules import crontab

TIMEZONE = "Asia/Shanghai"
DEFAULT_QUEUE = "interactive"
# Unacknowledged jobs come back after half an hour; the queues in the order a worker names them.
TRANSPORT = {"visibility_timeout": 1800, "unacked_restore_throttle": 1, "queue_order_strategy": "priority"}
SCHEDULE: dict[str, dict[str, Any]] = {
    "requeue-stuck-jobs": {"task": "casework.tasks.requeue_stuck_jobs", "schedule": 30.0},
    "deliver": {"task": "casework.tasks.deliver", "schedule": 20.0, "options": {"queue": "exports"}},
    "good-morning": {"task": "casework.tasks.good_morning", "schedule": crontab(hour=8, minute=0)},
    "take-over-arrangements": {"task": "casework.tasks.take_over_arrangements", "schedule": crontab(hour=0, minute=5)},
    "end-publicity": {"task": "subsidies.tasks.end_publicity", "schedule": 300.0},
    "advance-classes": {"task": "training.tasks.advance_classes", "schedule": 300.0},
    "watch": {"task": "training.tasks.watch_classes", "schedule": crontab(hour=1, minute=30)},
    "remind": {"task": "eligibility.tasks.remind", "schedule": crontab(hour=8, minute=0)},
    "ask-again": {"task": "eligibility.tasks.ask_again", "schedule": 120.0},
    "forget-submissions": {"task": "casework.tasks.forget_submissions", "schedule": crontab(hour=2, minute=10)},
    "daily-digest": {"task": "accounts.tasks.make_daily_digest", "schedule": crontab(hour=0, minute=10)},
    "nightly-search": {"task": "accounts.tasks.search_at_night", "schedule": crontab(hour=2, minute=30)},
    "refresh-tallies": {"task": "reports.tasks.refresh_tallies", "schedule": 30.0},
}


def redis_url(environment: Mapping[str, str]) -> str:
    return environment.get("REDIS_URL", "redis://localhost:6379/0")


def broker_url(environment: Mapping[str, str]) -> str:
    """Give the queue's address as Celery writes it; it would read no `db` of a socket's address and use the first."""
    url = redis_url(environment)
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=") if "unix://" in url else url
