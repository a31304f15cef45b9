"""Whoever runs the portal reads what waits and why; machines read the same as numbers (R-SEC-3, R-SEC-1)."""

import json
import logging
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.domain.audit import record
from accounts.enums import Role
from accounts.models import User
from casework.domain import operations
from casework.enums import JobState
from casework.models import Job
from casework.tasks import requeue_stuck_jobs
from kit.logs import REQUEST, JSONFormatter, LineFormatter
from tests.factories import administrator, division, member, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return administrator("150000")


@pytest.fixture
def nothing_heard():
    cache.delete(operations.PULSE)
    yield
    cache.delete(operations.PULSE)


def lines(text: str) -> list[str]:
    """The names of the page's lines, in their order."""
    return re.findall(r'<td class="lead">(?:<a [^>]*>)?([^<]*)', text)


def waiting(queue: str, minutes: int) -> Job:
    job = Job.objects.create(task="training.tasks.check_roster", title="花名册比对", queue=queue, division=division())
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - timedelta(minutes=minutes))
    return job


# ── the page
# ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_stands_still_is_read_first_and_gone_once_the_worker_answers(browser, region, nothing_heard):
    shown = browser(region).get(reverse("operations")).content.decode()
    assert lines(shown)[0] == "后台任务"
    assert "还没有应答过" in shown
    requeue_stuck_jobs()
    shown = browser(region).get(reverse("operations")).content.decode()
    assert "还没有应答过" not in shown
    assert '<span class="tone-success">正常，' in shown


def test_a_beat_that_fell_silent_is_said_with_its_hour(browser, region, nothing_heard):
    cache.set(operations.PULSE, timezone.now() - timedelta(minutes=3))
    shown = browser(region).get(reverse("operations")).content.decode()
    heard = timezone.localtime(timezone.now() - timedelta(minutes=3)).strftime("%Y-%m-%d %H:%M")
    assert f"自 {heard} 起没有应答" in shown


def test_checks_that_wait_are_counted_with_the_oldest(browser, region):
    waiting("checks", 2)
    oldest = waiting("checks", 15)
    oldest.refresh_from_db()
    shown = browser(region).get(reverse("operations")).content.decode()
    since = timezone.localtime(oldest.queued_at).strftime("%Y-%m-%d %H:%M")
    assert f'<span class="tone-warning">2 项任务等待，最早的自 {since} 起。</span>' in shown
    assert f"{reverse('jobs')}?state=open" in shown


def test_a_failed_job_is_named_with_the_way_to_it(browser, region):
    job = waiting("checks", 2)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    shown = browser(region).get(reverse("operations")).content.decode()
    assert "一周内停滞 0 项、失败 1 项" in shown
    assert f"{reverse('jobs')}?state=bad" in shown


def test_a_portal_that_was_never_copied_says_so(browser, region):
    assert "还没有做过备份" in browser(region).get(reverse("operations")).content.decode()
    made = record("backup.made", by=None, kind="backup", dump="00", files=3)
    when = timezone.localtime(made.at).strftime("%Y-%m-%d %H:%M")
    shown = browser(region).get(reverse("operations")).content.decode()
    assert f'<span class="tone-success">最近一次是 {when}。</span>' in shown


def test_every_registry_has_its_line(browser, region):
    shown = lines(browser(region).get(reverse("operations")).content.decode())
    assert {"人口信息", "社会保险"} & set(shown) or len(shown) > 10


def test_a_league_and_an_officer_of_the_region_do_not_see_it(browser):
    for membership in (administrator("150100"), member(office("150000"), Role.OFFICER)):
        answer = browser(membership).get(reverse("operations"))
        assert answer.status_code == 403
        assert "自治区超级管理员" in answer.content.decode()


# ── for machines
# ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_process_says_that_it_is_ready():
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": []})


def test_a_version_whose_migrations_were_not_run_is_not_ready():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["schema"])


def test_without_its_cache_a_process_is_not_ready(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["cache"])


def test_numbers_are_for_whoever_shows_the_token(settings, region):
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-token-for-the-tests"
    assert Client().get("/metrics").status_code == 401
    assert Client().get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 401
    client = Client()
    client.force_login(region.user)
    assert client.get("/metrics").status_code == 401


def test_the_numbers_are_those_of_the_page_and_of_the_requests(settings):
    settings.METRICS_TOKEN = "a-token-for-the-tests"
    waiting("checks", 2)
    Client().get("/account/login/?next=/people/?q=张三")
    answer = Client().get("/metrics", headers={"Authorization": "Bearer a-token-for-the-tests"})
    text = answer.content.decode()
    assert 'fanbu_jobs_waiting{of="checks"} 1.0' in text
    assert 'fanbu_registry_waiting{of="social_security"} 0.0' in text
    assert re.search(r'fanbu_requests_total\{status="200",view="account_login"\} \d', text)
    assert "张三" not in text


SLOT = "import sys; from kit.metrics import slot; print(slot(), flush=True); sys.stdin.read()"


def test_a_process_that_takes_anothers_place_counts_on_in_its_file(tmp_path):
    surroundings = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def started():
        process = subprocess.Popen(
            [sys.executable, "-c", SLOT], env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return process, process.stdout.readline().strip()

    def ended(process):
        process.communicate("")

    (first, one), (second, two) = started(), started()
    ended(first)
    third, three = started()
    ended(second)
    ended(third)
    assert (one, two, three) == ("0", "1", "0")


# ── the log
# ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def written():
    """Log lines as production writes them."""
    found, formatter = [], JSONFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", json_ensure_ascii=False)

    class Keep(logging.Handler):
        def emit(self, record):
            found.append(formatter.format(record))

    handler = Keep()
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)


def test_what_the_database_says_of_a_refused_row_is_not_written_down(written):
    person = {"username": "zhang" + "san", "full_name": "张三"}  # so that no line of the traceback names it
    User.objects.create_user(**person)
    try:
        with transaction.atomic():
            User.objects.create_user(**person)
    except IntegrityError:
        logging.getLogger("casework").exception("保存 %s 失败", "150102199003078041")
    (line,) = written
    kept = json.loads(line)
    assert kept["message"] == "保存 *** 失败"
    assert "IntegrityError" in kept["exc_info"]
    assert "DETAIL: ***" in kept["exc_info"]
    assert ("zhangsan" in line, "15010219900307" in line) == (False, False)


def test_a_line_for_people_leaves_out_the_same():
    record = logging.LogRecord(
        "casework", logging.ERROR, "", 0, "电话 %s，卡号 %s", ("13800001111", "6222020200012345678"), None
    )
    assert LineFormatter("%(request)s %(message)s").format(record) == "- 电话 ***，卡号 ***"


def test_an_unforeseen_error_has_a_number_that_is_found_in_the_log(browser, region, written, monkeypatch):
    def broken():
        raise RuntimeError("坏了")

    monkeypatch.setattr(operations, "_readers", [broken])
    client = browser(region)
    client.raise_request_exception = False
    answer = client.get(reverse("operations"))
    number = answer["X-Request-ID"]
    assert answer.status_code == 500
    assert f"错误编号：{number}" in answer.content.decode()
    assert number in [json.loads(line)["request"] for line in written]
    assert REQUEST.get() == ""
