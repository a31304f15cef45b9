"""An empty database is installed by one command, safely again and by two at once; a server that is not right is left
alone.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta
from threading import Thread

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.domain.installing import Made, install
from accounts.domain.server_checks import privileges_wrong
from accounts.enums import REGION, Level, Role
from accounts.models import Division, Event, Membership, Organisation, User
from casework.models import Parameter, Reason, RouteStep
from subsidies.models import Standard
from tests import factories
from training.models import Occupation, Project

pytestmark = pytest.mark.django_db
ROLES = settings.BASE_DIR / "deploy/postgres/10-roles.sh"


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command("install", *arguments, stdout=said)
    return said.getvalue()


def first_password(said: str) -> str:
    return re.findall(r"首次登录必须修改）  (\S+)", said)[0]


def test_an_empty_database_gets_its_office_its_administrator_and_its_first_rows():
    said = run("--username", "admin", "--name", "敖登格日勒")
    held = Membership.objects.get(organisation__division=REGION)
    assert (held.user.username, held.user.full_name, held.role) == ("admin", "敖登格日勒", Role.ADMINISTRATOR)
    assert held.user.must_change_password
    assert held.user.check_password(first_password(said))
    assert held.organisation.name == "内蒙古自治区人力资源和社会保障厅"
    assert Division.objects.filter(level=Level.BANNER).count() == 103
    for model in (Parameter, RouteStep, Reason, Occupation, Project, Standard):
        assert model.objects.exists(), model
    assert not Project.objects.filter(is_example=False).exists()
    assert not Standard.objects.filter(is_example=False).exists()
    event = Event.objects.get(act="installation.made")
    assert (event.chain, event.actor, event.data["username"]) == (REGION, "系统", "admin")
    assert event.origin.startswith("install ")
    assert first_password(said) not in str(list(Event.objects.values_list("data", "reason", "origin")))


def test_a_second_run_changes_nothing_and_tells_no_password():
    run()
    rows = [model.objects.count() for model in (User, Organisation, Event, Parameter, RouteStep, Reason, Standard)]
    said = run()
    assert "没有改动" in said
    assert "首次密码" not in said
    after = [model.objects.count() for model in (User, Organisation, Event, Parameter, RouteStep, Reason, Standard)]
    assert after == rows


def test_what_the_region_has_closed_does_not_come_back():
    run()
    tomorrow = timezone.localdate() + timedelta(days=1)
    Standard.objects.update(until=tomorrow)
    Parameter.objects.filter(code="class_most_people").update(until=tomorrow)
    Reason.objects.filter(move="strike").update(until=tomorrow)
    run()
    assert not Standard.objects.filter(until=None).exists()
    assert not Parameter.objects.filter(code="class_most_people", until=None).exists()
    assert not Reason.objects.filter(move="strike", until=None).exists()


def test_only_reporting_makes_nothing():
    said = run("--check")
    assert "自治区人社部门还没有在任的超级管理员" in said
    assert not User.objects.exists()
    assert not Standard.objects.exists()


def test_what_is_missing_is_said_in_order_with_its_page():
    said = run()
    for earlier, later in (("自治区至少有两名", "至少一个旗县区"), ("至少一个旗县区", "补贴标准已公布")):
        assert 0 < said.index(earlier) < said.index(later)
    assert f"（自治区超级管理员 {reverse('coverage')}）" in said
    assert "没有人能办“开班审批”的地区：" in said


def test_a_name_that_is_taken_is_refused_and_nothing_is_half_made():
    factories.member(factories.office("150102"), username="admin")
    with pytest.raises(CommandError, match="已有人使用"):
        run()
    assert not Organisation.objects.filter(division=REGION).exists()
    assert not Standard.objects.exists()


def test_a_first_password_that_was_lost_is_made_anew_on_the_server_and_on_record():
    lost = first_password(run())
    told = first_password(run("--new-password", "admin"))
    user = User.objects.get(username="admin")
    assert (user.check_password(lost), user.check_password(told), user.must_change_password) == (False, True, True)
    event = Event.objects.get(act="account.password_reset")
    assert (event.subject_id, event.chain, event.origin.split()[0]) == (user.pk, REGION, "install")


def test_nobody_else_gets_a_password_from_the_server():
    run()
    factories.member(factories.office("150102"), username="wang")
    for name in ("wang", "nobody"):
        with pytest.raises(CommandError, match="没有在任的超级管理员"):
            run("--new-password", name)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ALLOWED_HOSTS", ["localhost"], "FANBU_HOSTS"),
        ("TOTP_REQUIRED_ROLES", ["finance"], "FANBU_TOTP_ROLES"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "REDIS_URL"),
        ("MEDIA_ROOT", "/proc/fanbu", "FANBU_MEDIA"),
    ],
)
def test_with_wrong_settings_nothing_is_made_and_every_fault_is_said(settings, name, value, said):
    settings.PRODUCTION = True
    setattr(settings, name, value)
    with pytest.raises(CommandError) as refused:
        run()
    assert said in str(refused.value)
    assert "超级用户" in str(refused.value)  # the tests' own role owns everything: both faults are told at once
    assert not User.objects.exists()


@pytest.fixture
def portal_role():
    """A role with just what the start of a production database gives the portal."""
    given = re.findall(
        r"DEFAULT PRIVILEGES IN SCHEMA public GRANT ([A-Z, ]+) ON (TABLES|SEQUENCES) TO fanbu", ROLES.read_text()
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE portal_of_a_test; GRANT USAGE ON SCHEMA public TO portal_of_a_test")
        for privileges, things in given:
            cursor.execute(f"GRANT {privileges} ON ALL {things} IN SCHEMA public TO portal_of_a_test")
        yield cursor
        cursor.execute("RESET ROLE")


def test_the_portals_role_passes_and_one_that_could_do_more_or_less_does_not(portal_role):
    portal_role.execute("SET ROLE portal_of_a_test")
    assert privileges_wrong() == []
    for given, taken, said in (
        ("GRANT TRIGGER ON accounts_event TO", "REVOKE TRIGGER ON accounts_event FROM", "有TRUNCATE或TRIGGER权限"),
        ("GRANT CREATE ON SCHEMA public TO", "REVOKE CREATE ON SCHEMA public FROM", "建表"),
        (
            "GRANT SET ON PARAMETER session_replication_role TO",
            "REVOKE SET ON PARAMETER session_replication_role FROM",
            "session_replication_role",
        ),
        ("REVOKE INSERT ON accounts_event FROM", "GRANT INSERT ON accounts_event TO", "accounts_event"),
    ):
        portal_role.execute(f"RESET ROLE; {given} portal_of_a_test; SET ROLE portal_of_a_test")
        assert [said in sentence for sentence in privileges_wrong()] == [True], said
        portal_role.execute(f"RESET ROLE; {taken} portal_of_a_test; SET ROLE portal_of_a_test")
    portal_role.execute("RESET ROLE; ALTER TABLE casework_job OWNER TO portal_of_a_test; SET ROLE portal_of_a_test")
    assert any("所有者" in sentence for sentence in privileges_wrong())


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_administrator():
    made: list[Made] = []

    def one(username: str) -> None:
        try:
            made.append(install(username=username))
        finally:
            connection.close()

    both = [Thread(target=one, args=[name]) for name in ("admin", "admin2")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(bool(one.password) for one in made) == [False, True]
    assert Membership.objects.count() == Organisation.objects.count() == 1
    assert Event.objects.filter(act="installation.made").count() == 1


def test_an_installation_is_made_by_the_portals_own_role(portal_role):
    portal_role.execute("SET ROLE portal_of_a_test")
    assert "首次密码" in run()
