"""The calendar with what was entered: the command, last days, what waits for an arrangement (R-SEC-3, R-SUB-4)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from casework.models import WorkdayOverride

pytestmark = pytest.mark.django_db


def printed(*words):
    out = StringIO()
    call_command("workdays", *words, stdout=out)
    return out.getvalue().strip()


def test_the_command_prints_the_day_and_whether_it_is_provisional():
    assert printed("2026-12-28", "5") == "2027-01-05（暂定：2027年放假安排公布前）"
    assert printed("2026-12-24", "5") == "2026-12-31（确定）"


def test_the_command_counts_what_was_entered():
    WorkdayOverride.objects.create(day="2026-12-25", is_workday=False, source="示例：地方放假")
    assert printed("2026-12-24", "4") == "2026-12-31（确定）"


@pytest.mark.parametrize("words", [("2026-13-01", "5"), ("9999-12-30", "5"), ("昨天", "1")])
def test_the_command_refuses_what_is_no_day(words):
    with pytest.raises(CommandError, match=words[0]):
        printed(*words)
