"""The beat knows names and hours only; what runs seldom is not loaded by those who do not need it."""

import os
import subprocess
import sys

import pytest
from celery import current_app
from django.conf import settings

from beat.app import app
from beat.schedule import SCHEDULE, broker_url
from devtools.folders import PROJECT
from kit.later import Later

LARGE = ("aiohttp", "openpyxl", "PIL", "reportlab")


def modules_of(program: str) -> set[str]:
    """The modules a fresh process has loaded after a program."""
    command = [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"]
    done = subprocess.run(command, cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", SCHEDULE)
def test_what_the_beat_rings_is_a_task_the_workers_know(name: str) -> None:
    current_app.loader.import_default_modules()
    assert SCHEDULE[name]["task"] in current_app.tasks


def test_the_beat_and_the_workers_go_by_one_schedule_one_clock_and_one_queue() -> None:
    names = (
        "beat_schedule",
        "timezone",
        "enable_utc",
        "task_default_queue",
        "broker_transport_options",
        "broker_url",
        "task_serializer",
    )
    assert {name: app.conf[name] for name in names} == {name: current_app.conf[name] for name in names}
    assert settings.CELERY_BEAT_SCHEDULE is SCHEDULE


def test_a_socket_is_written_as_celery_reads_it() -> None:
    assert broker_url({"REDIS_URL": "unix:///run/valkey.sock"}) == "redis+socket:///run/valkey.sock"
    assert broker_url({"REDIS_URL": "unix:///run/valkey.sock?db=4"}) == "redis+socket:///run/valkey.sock?virtual_host=4"
    assert broker_url({"REDIS_URL": "redis://:word@valkey:6379/0"}) == "redis://:word@valkey:6379/0"


def test_the_beat_loads_neither_the_settings_nor_a_task() -> None:
    loaded = modules_of("import beat.app, celery.beat; beat.app.app.finalize(); beat.app.app.tasks")
    assert {"config", "django.conf", "django.apps", "casework", "training"} & loaded == set()


@pytest.mark.parametrize(
    "process", ["import config.wsgi", "import config.celery; config.celery.app.loader.import_default_modules()"]
)
def test_web_and_workers_start_without_the_libraries_that_few_jobs_need(process: str) -> None:
    assert set(LARGE) & modules_of(process) == set()


def test_a_library_is_there_when_it_is_asked_for() -> None:
    assert Later("json").loads("[1]") == [1]
    with pytest.raises(AttributeError):
        _ = Later("json").nothing_of_the_kind
    with pytest.raises(ModuleNotFoundError):
        _ = Later("no_such_library").anything
