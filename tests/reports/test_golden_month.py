"""One month worked out by hand, with every special case that moves a figure; page, API and rows must say these numbers
(R-RPT-1, R-RPT-4).

September 2025, 呼和浩特市 (150100) with 新城区 (150102) and the league's own department, beside 满洲里市 and the region's own
office:

class  place            opening        completion     people (struck out besides)  passed  proved certificates paid in
September A      新城区           2 Sep          26 Sep         5 (1)                        4       3 registry, 1 typed
only   2 × 1,200.50 = 2,401.00 B      新城区           20 Aug         1 Sep 00:00    4                            3       3
issued by the portal     — C      新城区, decided  30 Sep 23:59   —              6                            —       —
—
       by 150100 应急
D      新城区           3 Sep          refused 30 Sep 2                            0       —                          — E
新城区           refused        —              7                            —       —                          — F
满洲里市         5 Sep          1 Oct 00:00    3                            3       2 registry returned, so nothing G
自治区本级       10 Sep         28 Sep         2                            0       —                          — H      新城区
1 Aug          29 Aug         3                            3       3 registry                 3 × 1,000.00 = 3,000.00

started    A 5 + C 6 + D 2 + F 3 + G 2 = 18      (B and H in August, E never) completed  A 5 + B 4 + G 2 = 11
(who failed completed too; D's was refused, F's belongs to October) passed     A 4 + B 3 = 7, rate 7 ÷ 11 = 63.6 %   (by
what started in the month it would be 7 ÷ 18) certified  A 3 + B 3 = 6, of which 培训合格证书 3 paid       A 2 + H 3 = 5
lines, 5,401.00
"""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from casework.enums import State
from reports.domain.tallies import refresh
from reports.enums import Axis
from subsidies.enums import PaymentState
from tests.factories.reports import Spec, make
from tests.reports.conftest import value, worked_out
from training.enums import CertificateKind
from training.models import Enrolment

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    "started",
    "completed",
    "passed",
    "pass_rate",
    "certified",
    "certified_completion",
    "subsidised",
    "subsidised_amount",
)
BY_HAND = {
    "total": [18, 11, 7, Decimal("63.6"), 6, 3, 5, Decimal("5401.00")],
    "division:150100": [13, 9, 7, Decimal("77.8"), 6, 3, 5, Decimal("5401.00")],
    "division:150102": [7, 9, 7, Decimal("77.8"), 6, 3, 5, Decimal("5401.00")],
    "own:150100": [6, 0, 0, None, 0, 0, 0, Decimal("0.00")],
    "division:150781": [3, 0, 0, None, 0, 0, 0, Decimal("0.00")],
    "own:150000": [2, 2, 0, Decimal("0.0"), 0, 0, 0, Decimal("0.00")],
}


def at(day: int, month: int = 9, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.combine(date(2025, month, day), time(hour, minute), ZONE)


@pytest.fixture
def september(db):
    own = {"kind": CertificateKind.COMPLETION}
    made = make(
        Spec(people=5, struck=1, approved=date(2025, 9, 2), completed=date(2025, 9, 26), passed=4, certified=3),
        Spec(people=4, approved=date(2025, 8, 20), completed=at(1), passed=3, certified=3, **own),
        Spec(people=6, approved=at(30, hour=23, minute=59), decided_at="150100", department="emergency"),
        Spec(
            people=2, approved=date(2025, 9, 3), completed=date(2025, 9, 30), completion_state=State.REFUSED, passed=2
        ),
        Spec(people=7, opening_state=State.REFUSED, approved=date(2025, 9, 4)),
        Spec(
            "150781",
            people=3,
            approved=date(2025, 9, 5),
            completed=at(1, 10),
            passed=3,
            certified=2,
            paid=date(2025, 9, 20),
            payment_state=PaymentState.RETURNED,
        ),
        Spec("150000", people=2, approved=date(2025, 9, 10), completed=date(2025, 9, 28), passed=0),
        Spec(
            people=3,
            approved=date(2025, 8, 1),
            completed=date(2025, 8, 29),
            passed=3,
            certified=3,
            paid=date(2025, 9, 11),
            amount=Decimal("1000.00"),
        ),
        Spec(
            people=2,
            approved=date(2025, 7, 1),
            completed=date(2025, 7, 20),
            passed=2,
            paid=date(2025, 9, 12),
            amount=Decimal("1200.50"),
        ),
    )
    Enrolment.objects.filter(pk=made[0].enrolments[3].pk).update(
        certificate_kind=CertificateKind.COMPLETION, certificate_number="HG-TYPED-1", certificate_on=date(2025, 9, 26)
    )
    return made


def shown(table) -> dict[str, list]:
    return {row: [value(table, row, column) for column in COLUMNS] for row in BY_HAND}


@pytest.mark.parametrize("raw", [True, False], ids=["from the rows", "from the summary"])
def test_the_form_says_what_was_worked_out_by_hand(september, raw):
    refresh()
    assert shown(worked_out(month=9, axis=Axis.DIVISION, banners=True, raw=raw)) == BY_HAND


def test_october_gets_what_was_approved_at_its_first_midnight(september):
    october = worked_out(month=10, axis=Axis.DIVISION, banners=True)
    assert [value(october, "division:150781", column) for column in COLUMNS] == [
        0,
        3,
        3,
        Decimal("100.0"),
        2,
        0,
        0,
        Decimal("0.00"),
    ]
