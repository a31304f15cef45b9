"""The pages of MONEY in the browser: who may open and do what, what they show, at which cost (R-SUB-1 … R-SUB-6,
R-LVL-2).
"""

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import OrganisationKind, Role
from accounts.models import Event
from casework.domain.moves import take
from subsidies.domain.claims import refuse_line
from subsidies.domain.corrections import propose
from subsidies.domain.objections import answer_objection, file_objection
from subsidies.domain.payments import draw_up_batch, read_result, take_result
from subsidies.models import Budget, Objection, PaymentBatch, Standard, SubsidyLine
from tests import factories
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db
LOGIN = 302
PUBLIC = {"publicities", "publicity", "standards"}


@pytest.fixture
def people_of():
    """Everyone who may knock, by name."""

    def made(case):
        hr = case.first.organisation
        return {
            "nobody": None,
            "unit": case.clerk,
            "other unit": factories.operator(factories.unit()),
            "officer": case.second,
            "other banner": factories.officer("150103"),
            "league": factories.officer("150100"),
            "auditor": factories.member(hr, Role.AUDITOR),
            "administrator": factories.member(hr, Role.ADMINISTRATOR),
            "finance": case.finance,
            "other finance": money.finance("150103"),
            "league finance": money.finance("150100"),
        }

    return made


@pytest.fixture
def knock(browser):
    def go(membership, method, url, data=None):
        client = browser(membership) if membership else Client()
        return getattr(client, method)(url, data or {}).status_code

    return go


INSIDE = {"unit", "officer", "league", "auditor", "administrator", "finance", "league finance"}
OFFICE_INSIDE = INSIDE - {"unit"}
READERS = {"auditor", "administrator", "finance", "other finance", "league finance"}
EVERYONE = INSIDE | {"nobody", "other unit", "other banner", "other finance"}


def expected(yes: set[str], inside: set[str], ok: int = 200) -> dict[str, int]:
    """Who may: `ok`; who sees it but may not: 403; who does not see it: 404; nobody: the login."""
    found = {name: ok if name in yes else 403 if name in inside else 404 for name in EVERYONE}
    return found | {"nobody": LOGIN}


def test_every_address_answers_each_kind_of_visitor_as_it_should(people_of, knock):
    claim, batch_case, paying = money.approved_claim(1), money.approved_claim(1), money.approved_claim(1)
    reviewed = money.completed_class(1).in_review()
    published = money.completed_class(1).published()
    objection = file_objection(published.subsidy.publicity, text="异议")
    fresh = money.completed_class(1, school=claim.clerk.organisation)
    frozen = money.frozen_batch(batch_case)
    paid = money.frozen_batch(money.approved_claim(1))
    take_result(paid, read_result(paid, money.answers(paid)), by=claim.finance)
    correction = propose(
        paid.payments.get(),
        kind="sent_back",
        day=money.TODAY,
        bank_reference="TH1",
        reason="账户已销户",
        by=claim.finance,
    )
    line = reviewed.line(1).pk
    visitors = people_of(claim)
    own = {"class_subsidy": (claim.training_class.pk,), "subsidy_line": (claim.line(1).pk,)}
    for name, args in own.items():
        wanted = expected(INSIDE, INSIDE)
        assert {
            who: knock(membership, "get", reverse(name, args=args)) for who, membership in visitors.items()
        } == wanted, name
    pages = {
        "payables": READERS,
        "batches": READERS,
        "budgets": READERS,
        "publicities": EVERYONE,
        "standards": EVERYONE,
    }
    for name, yes in pages.items():
        wanted = {who: 200 if who in yes else 403 for who in EVERYONE} | ({} if name in PUBLIC else {"nobody": LOGIN})
        assert {who: knock(membership, "get", reverse(name)) for who, membership in visitors.items()} == wanted, name
    for name in ("batch_file", "batch_template"):
        wanted = {who: 200 if who == "finance" else 403 for who in EVERYONE} | {"nobody": LOGIN, "other finance": 404}
        assert {
            who: knock(membership, "get", reverse(name, args=[frozen.pk])) for who, membership in visitors.items()
        } == wanted, name
    wanted = {who: 200 if who == "finance" else 403 for who in EVERYONE} | {"nobody": LOGIN, "other finance": 404}
    assert {
        who: knock(membership, "get", reverse("bank_correction_new", args=[paid.payments.get().pk]))
        for who, membership in visitors.items()
    } == wanted
    wanted = dict.fromkeys(EVERYONE, 200)
    assert {
        who: knock(membership, "get", reverse("publicity", args=[published.subsidy.publicity.pk]))
        for who, membership in visitors.items()
    } == wanted
    acts = {
        "subsidy_new": (fresh.training_class.pk, expected({"unit"}, INSIDE, 302)),
        "subsidy_line_refuse": (line, expected({"officer"}, OFFICE_INSIDE, 409)),
        "subsidy_line_restore": (line, expected({"officer"}, OFFICE_INSIDE, 409)),
        "objection_answer": (objection.pk, expected({"officer", "administrator"}, OFFICE_INSIDE, 409)),
        "batch_result": (
            frozen.pk,
            dict.fromkeys(EVERYONE, 403) | {"finance": 400, "other finance": 404, "nobody": LOGIN},
        ),
        "bank_correction_answer": (
            correction.pk,
            dict.fromkeys(EVERYONE, 403) | {"finance": 409, "other finance": 404, "nobody": LOGIN},
        ),
    }
    for name, (pk, wanted) in acts.items():
        assert {
            who: knock(membership, "post", reverse(name, args=[pk])) for who, membership in visitors.items()
        } == wanted, name
    wanted = (
        dict.fromkeys(EVERYONE, 403)
        | {"nobody": LOGIN}
        | dict.fromkeys(("finance", "other finance", "league finance"), 409)
    )
    chosen = {"subsidy": []}
    assert {
        who: knock(membership, "post", reverse("batch_new"), chosen) for who, membership in visitors.items()
    } == wanted
    wanted = (
        dict.fromkeys(EVERYONE, 403)
        | {"nobody": LOGIN}
        | dict.fromkeys(("finance", "other finance", "league finance"), 400)
    )
    assert {who: knock(membership, "post", reverse("budgets")) for who, membership in visitors.items()} == wanted
    assert paying.line(1).state == "approved"


def test_reading_addresses_take_no_post_and_acts_no_get(browser):
    case = money.approved_claim(1)
    batch = money.frozen_batch(case)
    client = browser(case.finance)
    args = {
        "class_subsidy": case.training_class.pk,
        "subsidy_line": case.line(1).pk,
        "batch_file": batch.pk,
        "batch_template": batch.pk,
    }
    assert {client.post(reverse(name, args=[pk])).status_code for name, pk in args.items()} == {405}
    acts = {
        "subsidy_new": case.training_class.pk,
        "subsidy_line_refuse": case.line(1).pk,
        "batch_result": batch.pk,
        "bank_correction_answer": 1,
    }
    assert {client.get(reverse(name, args=[pk])).status_code for name, pk in acts.items()} == {302}


# ── the claim
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tab_shows_what_a_class_would_be_worth_before_there_is_a_claim(browser):
    money.standard("1234.50")
    case = money.completed_class(2)
    html = browser(case.clerk).get(reverse("class_subsidy", args=[case.training_class.pk])).content.decode()
    assert "按目前记录合计 2,469.00 元" in html
    assert "申请补贴</button>" in html
    assert "1,234.50 × 100% = 1,234.50" in html
    officer = browser(case.first).get(reverse("class_subsidy", args=[case.training_class.pk])).content.decode()
    assert "申请补贴</button>" not in officer


def test_a_claim_is_drawn_up_submitted_reviewed_and_struck_by_clicks(browser):
    money.standard()
    money.budget()
    case = money.completed_class(3)
    clerk, first, second = browser(case.clerk), browser(case.first), browser(case.second)
    answer = clerk.post(reverse("subsidy_new", args=[case.training_class.pk]))
    page = reverse("case", args=["subsidy", case.subsidy.pk])
    assert answer.url == page
    html = clerk.get(page).content.decode()
    assert "提交时再算一次" in html
    with factories.world_as_it_was():
        Standard.objects.update(amount="1300.00")
    assert "1,300.00 × 100% = 1,300.00" in clerk.get(page).content.decode()

    def move(client, name, reason=""):
        return client.post(
            reverse("move", args=["subsidy", case.subsidy.pk, name]),
            {"expected_version": case.subsidy.version, "reason": reason},
        )

    assert move(clerk, "submit").status_code == 302
    money.run_jobs(case.subsidy)
    answer = first.post(
        reverse("subsidy_line_refuse", args=[case.line(2).pk]),
        {"reason_choice": "本人未能提供证明材料", "reason": "电话确认", "confirmed": "1"},
    )
    assert answer.url == page
    assert case.line(2).reason == "本人未能提供证明材料；电话确认"
    assert move(first, "approve").status_code == 302
    answer = move(first, "approve")
    assert (answer.status_code, "同一人不能作两次审核" in answer.content.decode()) == (409, True)
    assert move(second, "approve").status_code == 302
    assert str(case.subsidy.amount) == "2600.00"
    assert case.subsidy.state == "publicity"
    html = clerk.get(page).content.decode()
    assert "本人未能提供证明材料；电话确认" in html


def test_a_refused_strike_shows_its_sentence_on_the_case(browser):
    money.standard()
    case = money.completed_class(1).in_review()
    answer = browser(case.first).post(
        reverse("subsidy_line_refuse", args=[case.line(1).pk]), {"reason": "", "confirmed": "1"}
    )
    assert answer.status_code == 409
    assert "剔除人员须说明理由" in answer.content.decode()
    answer = browser(case.first).post(reverse("subsidy_line_refuse", args=[case.line(1).pk]), {"reason": "证书不符"})
    assert (answer.status_code, "请先填写理由，再勾选“确认剔除”" in answer.content.decode()) == (409, True)
    assert case.line(1).state == "claimed"


def test_the_decision_page_shows_exceptions_and_changes_first(browser, registries):
    money.standard()
    case = money.completed_class(3)
    registries.know(case.training_class.enrolments.get(sequence=2).person, "employment")
    case.in_review()
    html = browser(case.first).get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
    assert html.index("需要处理的人员") < html.index("条件核对")
    assert "没有求职登记" in html
    assert "结业时（2026-02-06）“符合”，补贴时（2026-03-16）“不符合”" in html
    assert "剔除此人" in html
    unit = browser(case.clerk).get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
    assert "剔除此人" not in unit
    assert "资金余额</dt>" not in unit


def test_an_objection_is_answered_by_click(browser):
    money.standard()
    case = money.completed_class(1).published()
    objection = file_objection(case.subsidy.publicity, text="异议")
    url = reverse("objection_answer", args=[objection.pk])
    answer = browser(case.second).post(url, {"outcome": "dismissed", "answer": ""})
    assert (answer.status_code, "请选择处理结果并写明答复" in answer.content.decode()) == (409, True)
    assert browser(case.second).post(url, {"outcome": "dismissed", "answer": "不属实"}).status_code == 302
    assert Objection.objects.get().outcome == "dismissed"


# ── from the money back (R-SUB-6)
# ───────────────────────────────────────────────────────────────────────────────────────


def test_one_click_from_a_paid_amount_to_everything_it_stands_on(browser):
    case = money.approved_claim(2)
    publicity = case.subsidy.publicity
    first = money.frozen_batch(case)
    take_result(first, read_result(first, money.answers(first, "失败")), by=case.finance)
    money.new_account(case)
    second = money.frozen_batch(case)
    take_result(second, read_result(second, money.answers(second)), by=case.finance)
    html = browser(case.finance).get(reverse("subsidy_line", args=[case.line(1).pk])).content.decode()
    payment = second.payments.get()
    for found in (
        "1,200.00 × 100% = 1,200.00",
        "示例标准",
        "壹仟贰佰元整",
        case.training_class.number,
        "乌云其木格甲",
        "开班 · 2026-02-02",
        "结业 · 2026-02-06",
        "补贴 · 2026-03-16",
        "拨付 · 2026-03-24",
        "2020-06-01办理了求职登记",
        f"{case.training_class.number}-K",
        f"{case.training_class.number}-J",
        f"{case.training_class.number}-B",
        str(case.first),
        str(case.second),
        str(case.finance),
        reverse("publicity", args=[publicity.pk]),
        publicity.digest[:16],
        first.number,
        "户名不符",
        second.number,
        second.digest[:16],
        payment.bank_reference,
        "2026-03-16",
        "示例预算",
    ):
        assert found in html, found
    assert case.line(1).enrolment.person.number not in html
    assert payment.bank_account not in html


def test_a_unit_sees_its_own_money_and_nobody_else_s(browser):
    one, two = money.approved_claim(1), money.approved_claim(1)
    client = browser(one.clerk)
    for name, args in (
        ("subsidy_line", [two.line(1).pk]),
        ("class_subsidy", [two.training_class.pk]),
        ("case", ["subsidy", two.subsidy.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404
    assert SubsidyLine.objects.visible_to(one.clerk).count() == 1
    batch = money.frozen_batch(one)
    closed = reverse("case", args=["paymentbatch", batch.pk])
    assert client.get(closed).status_code == 404
    own = client.get(reverse("subsidy_line", args=[one.line(1).pk])).content.decode()
    assert batch.payments.get().reference in own
    assert closed not in own


# ── finance
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_finance_makes_a_batch_sends_it_and_takes_the_answer_by_clicks(browser):
    one, two = money.approved_claim(1), money.approved_claim(2)
    client = browser(one.finance)
    html = client.get(reverse("payables")).content.decode()
    assert "3,600.00" in html
    answer = client.post(reverse("batch_new"), {"subsidy": [one.subsidy.pk, two.subsidy.pk]})
    batch = PaymentBatch.objects.get()
    assert answer.url == reverse("case", args=["paymentbatch", batch.pk])
    client.post(reverse("move", args=["paymentbatch", batch.pk, "freeze"]), {"expected_version": batch.version})
    file = client.get(reverse("batch_file", args=[batch.pk]))
    assert file["Content-Disposition"] == f'attachment; filename="{batch.number}.xlsx"'
    assert load_workbook(io.BytesIO(file.content)).active.max_row == 4
    assert Event.objects.filter(act="paymentbatch.file_taken", membership=one.finance).count() == 1
    rows = money.answers(batch)
    rows[1][1]["金额（元）"] = "1.00"
    answer = client.post(reverse("batch_result", args=[batch.pk]), {"file": money.result_file(rows)})
    assert (answer.status_code, "第3行：金额不符" in answer.content.decode()) == (409, True)
    answer = client.post(reverse("batch_result", args=[batch.pk]), {"file": money.result_file(money.answers(batch))})
    assert answer.status_code == 302
    html = client.get(answer.url).content.decode()
    assert "银行回执已入账2笔" in html
    batch.refresh_from_db()
    client.post(reverse("move", args=["paymentbatch", batch.pk, "settle"]), {"expected_version": batch.version})
    batch.refresh_from_db()
    assert batch.state == "settled"


def test_only_what_is_still_unpaid_is_offered_and_summed(browser):
    """Of a claim that came back, and of another that is under way, finance sees what waits and no more."""
    returned, under_way = money.approved_claim(2), money.approved_claim(1)
    batch = money.frozen_batch(returned)
    take_result(batch, read_result(batch, money.answers(batch, "失败")), by=returned.finance)
    draw_up_batch([under_way.subsidy], by=returned.finance)
    answer = browser(returned.finance).get(reverse("payables"))
    assert [(label, [row.pk for row in rows], str(total)) for label, rows, total in answer.context["funds"]] == [
        ("就业补助资金", [returned.subsidy.pk], "2400.00")
    ]


@pytest.mark.parametrize("chosen", [["0"], ["9" * 30], ["²"], ["x"], ["-1"]])
def test_a_forged_choice_makes_no_batch(browser, chosen):
    case = money.approved_claim(1)
    answer = browser(case.finance).post(reverse("batch_new"), {"subsidy": chosen})
    assert answer.status_code == 409
    assert not PaymentBatch.objects.exists()


def test_a_colleague_s_claim_of_another_place_is_not_batched(browser):
    here, there = money.approved_claim(1), money.approved_claim(1, code="150103")
    answer = browser(here.finance).post(reverse("batch_new"), {"subsidy": [here.subsidy.pk, there.subsidy.pk]})
    assert answer.status_code == 409
    assert there.line(1).state == "approved"


def test_an_altered_bank_file_is_stopped_and_recorded(browser):
    case = money.approved_claim(1)
    batch = money.frozen_batch(case)
    with open(batch.bank_file.path, "ab") as file:
        file.write(b"x")
    answer = browser(case.finance).get(reverse("batch_file", args=[batch.pk]))
    assert (answer.status_code, "校验值不一致" in answer.content.decode()) == (409, True)
    assert Event.objects.filter(act="paymentbatch.file_altered").count() == 1


def test_a_budget_is_registered_by_form_and_refused_with_the_field(browser):
    finance = money.finance()
    client = browser(finance)
    given = {"fund_source": "employment", "year": 2026, "amount": "1000.00", "source": "呼财社〔2026〕1号"}
    assert client.post(reverse("budgets"), given).status_code == 302
    assert "1,000.00" in client.get(reverse("budgets")).content.decode()
    answer = client.post(reverse("budgets"), given | {"amount": "1.005", "source": ""})
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"amount", "source"}
    assert str(Budget.objects.get().amount) == "1000.00"


def test_finance_finds_on_the_home_page_what_waits(browser):
    waiting, drafted = money.approved_claim(1), money.approved_claim(2)
    batch = draw_up_batch([drafted.subsidy], by=drafted.finance)
    Budget.objects.update(amount="3700.00")
    html = browser(waiting.finance).get(reverse("home")).content.decode()
    assert "待拨付：就业补助资金" in html
    assert waiting.subsidy.number in html
    assert batch.number in html
    assert "2026 年预算" in html
    assert "97%" in html
    empty = browser(money.finance("150104")).get(reverse("home")).content.decode()
    assert "本年度还没有登记预算" in empty


# ── cost
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def cost(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_every_page_costs_the_same_for_one_person_and_for_three(browser, registries):
    costs = {}
    for how_many in (1, 3):
        reviewed = money.completed_class(how_many)
        if not Standard.objects.exists():
            money.standard()
            money.budget()
        fresh = money.completed_class(how_many)
        for enrolment in reviewed.training_class.enrolments.select_related("person"):
            registries.know(enrolment.person, "employment")
        reviewed.in_review()
        published = money.completed_class(how_many).published()
        for sequence in range(1, how_many + 1):
            answer_objection(
                file_objection(published.subsidy.publicity, text="异议", sequence=sequence),
                outcome="dismissed",
                answer="不属实",
                by=published.second,
            )
        paid = money.approved_claim(how_many)
        batch = money.frozen_batch(paid)
        officer, finance, clerk = browser(reviewed.first), browser(paid.finance), browser(fresh.clerk)
        costs[how_many] = {
            "review": cost(officer, reverse("case", args=["subsidy", reviewed.subsidy.pk])),
            "publicity": cost(officer, reverse("case", args=["subsidy", published.subsidy.pk])),
            "tab": cost(clerk, reverse("class_subsidy", args=[fresh.training_class.pk])),
            "line": cost(finance, reverse("subsidy_line", args=[paid.line(1).pk])),
            "batch": cost(finance, reverse("case", args=["paymentbatch", batch.pk])),
            "public": cost(Client(), reverse("publicity", args=[published.subsidy.publicity.pk])),
        }
        registries.known.clear()
    assert costs[1] == costs[3]
    assert costs[1] == {
        "review": 22,
        "publicity": 18,
        "tab": 12,
        "line": 16,
        "batch": 18,
        "public": 1,
    }  # of finance one for its 待办


def test_lists_cost_the_same_for_one_claim_and_for_three(browser):
    costs = []
    finance = browser(money.finance())
    for _ in range(3):
        case = money.approved_claim(1)
        money.completed_class(1).published()
        money.frozen_batch(money.approved_claim(1))
        take(
            draw_up_batch([money.approved_claim(1).subsidy], by=case.finance),
            "withdraw",
            by=case.finance,
            reason="选错了",
        )
        costs.append(
            [
                cost(finance, reverse(name))
                for name in ("payables", "batches", "budgets", "publicities", "standards", "home")
            ]
        )
    assert costs[0] == costs[2]


def test_a_struck_line_s_page_says_who_and_why(browser):
    money.standard()
    case = money.completed_class(2).in_review()
    refuse_line(case.line(1), reason="已就业", by=case.first)
    html = browser(case.first).get(reverse("subsidy_line", args=[case.line(1).pk])).content.decode()
    assert "已就业" in html
    assert str(case.first) in html
    assert "恢复此人" in html
    assert "恢复此人" not in browser(case.clerk).get(reverse("subsidy_line", args=[case.line(1).pk])).content.decode()
    answer = browser(case.first).post(reverse("subsidy_line_restore", args=[case.line(1).pk]), {"reason": "看错"})
    assert answer.status_code == 302
    assert case.line(1).state == "claimed"


def test_industry_departments_see_only_what_lies_on_their_desk(browser):
    case = money.approved_claim(1)
    emergency = factories.member(factories.office("150102", OrganisationKind.INDUSTRY, department="emergency"))
    assert browser(emergency).get(reverse("subsidy_line", args=[case.line(1).pk])).status_code == 404
