"""Money goes only to an account somebody approved and finance confirmed (R-SUB-7, R-REG-5)."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.domain.changes import opened
from accounts.enums import Role
from accounts.models import Event
from casework.domain.files import attach
from casework.domain.flow import file_of
from casework.domain.moves import available, take
from casework.enums import State
from casework.models import Attachment, WorkItem
from kit.refusals import NotAllowed, NotNow, Refused
from subsidies.domain.payments import draw_up_batch, payable
from subsidies.models import Payment, PaymentBatch
from tests import factories
from tests.factories import casework as cases
from tests.factories import subsidies as money
from tests.factories import training as make
from training.domain.units.accounts import KIND, begin_change, same_holder
from training.domain.units.upkeep import begin_amendment, update_unit
from training.models import AccountChange, UnitAccount

pytestmark = pytest.mark.django_db
OLD, NEW = make.ACCOUNT, "6222020602000099999"


@pytest.fixture
def case():
    found = money.approved_claim()
    office = found.first.organisation
    factories.officer(acts=("review_registration",))
    assert office == factories.office()
    return found


@pytest.fixture
def unit(case):
    return case.clerk.organisation.unit


def ask(case, holder="", bank="内蒙古银行", number=NEW, **fields):
    organisation = case.clerk.organisation
    return begin_change(
        organisation.unit,
        by=case.clerk,
        holder=holder or organisation.name,
        bank_name=bank,
        bank_account=number,
        **fields,
    )


def submitted(case, **fields):
    change = ask(case, **fields)
    take(change, "submit", by=case.clerk)
    return change


def approved(case, **fields):
    change = submitted(case, **fields)
    take(change, "approve", by=case.first)
    return change


def confirmed(case, **fields):
    change = approved(case, **fields)
    take(change, "confirm", by=case.finance)
    return change


def paid_to(batch):
    """(holder, bank, account) of every row of the bank's file."""
    with batch.bank_file.open("rb") as file:
        sheet = load_workbook(io.BytesIO(file.read())).active
    rows = list(sheet.iter_rows(values_only=True))
    head = next(place for place, row in enumerate(rows) if "收款户名" in row)
    columns = [rows[head].index(name) for name in ("收款户名", "开户银行", "收款账号")]
    return [tuple(row[column] for column in columns) for row in rows[head + 1 :]]


def frozen(case):
    batch = money.frozen_batch(case)
    return paid_to(PaymentBatch.objects.get(pk=batch.pk))


# ── as it was seen
# ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_school_saves_a_private_account_and_finance_pays_the_approved_one(browser, case):
    client, finance = browser(case.clerk), browser(case.finance)
    client.post(reverse("unit_amend"))
    client.post(
        reverse("unit_profile"),
        {"contact": "李敏", "bank_account_name": "张三", "bank_name": "某银行", "bank_account": NEW},
    )
    client.post(reverse("account_new"), {"holder": "张三", "bank_name": "某银行", "bank_account": NEW})
    assert AccountChange.objects.get().holder == "张三"
    batch = finance.post(reverse("batch_new"), {"subsidy": [case.subsidy.pk]}).headers["Location"]
    finance.post(f"{batch}moves/freeze/", {"expected_version": 0})
    assert paid_to(PaymentBatch.objects.get()) == [(case.clerk.organisation.name, "示例银行", OLD)]


def test_a_program_saves_a_private_account_and_finance_pays_the_approved_one(api, case):
    school, finance = api(case.clerk), api(case.finance)
    unit = f"/api/v1/units/{case.clerk.organisation.unit.pk}/"
    school.post(f"{unit}amendment/")
    school.patch(f"{unit}draft/", {"bank_account_name": "张三", "bank_name": "某银行", "bank_account": NEW})
    change = school.post(
        "/api/v1/account-changes/", {"holder": "张三", "bank_name": "某银行", "bank_account": NEW}
    ).json()
    refused = school.post(f"/api/v1/account-changes/{change['id']}/moves/submit/", {"expected_version": 0})
    assert (refused.status_code, "不能作为收款账户" in refused.content.decode()) == (409, True)
    (offered,) = finance.get("/api/v1/payables/").json()["results"]
    assert (offered["account"]["holder"], offered["account"]["bank_account"], offered["why_not"]) == (
        case.clerk.organisation.name,
        "****0000",
        "",
    )
    batch = finance.post("/api/v1/batches/", {"subsidies": [case.subsidy.pk]}).json()
    finance.post(f"/api/v1/batches/{batch['id']}/moves/freeze/", {"expected_version": 0})
    assert paid_to(PaymentBatch.objects.get()) == [(case.clerk.organisation.name, "示例银行", OLD)]
    (payment,) = finance.get(f"/api/v1/batches/{batch['id']}/payments/").json()
    assert (payment["bank_account"], payment["is_exception"], payment["approved_at"][:10]) == (
        "****0000",
        False,
        timezone.localdate().isoformat(),
    )


def test_the_officer_is_asked_about_the_account_and_not_about_the_registration(browser, case):
    """Seen: «请您决定：单位注册审核», since the same permission decides both."""
    change = submitted(case)
    page = browser(case.first).get(reverse("case", args=["accountchange", change.pk])).text
    assert "请您决定：账户变更" in page
    assert "单位注册审核" not in page


@pytest.mark.parametrize("so_far", [submitted, approved])
def test_an_account_that_is_not_confirmed_is_not_paid(case, so_far):
    so_far(case)
    assert frozen(case) == [(case.clerk.organisation.name, "示例银行", OLD)]


def test_a_confirmed_account_is_paid_from_the_next_batch_on(case, unit):
    before = UnitAccount.objects.get()
    confirmed(case)
    assert frozen(case) == [(case.clerk.organisation.name, "内蒙古银行", NEW)]
    now, former = unit.accounts.order_by("-pk")
    assert (former.pk, former.bank_account, former.ended_at, now.ended_at) == (before.pk, OLD, now.confirmed_at, None)
    assert (now.approved_by, now.confirmed_by, now.taken_over) == (case.first, case.finance, False)
    assert Payment.objects.get().account == now


# ── who decides
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_approved_does_not_confirm_in_another_seat(case):
    change = approved(case)
    membership = factories.moved(case.first, case.finance.organisation, Role.FINANCE)
    with pytest.raises(NotNow, match="须由另一名财务人员确认"):
        take(change, "confirm", by=membership)
    assert UnitAccount.objects.get().bank_account == OLD


def test_the_database_refuses_an_account_agreed_to_and_confirmed_by_one_person(case, unit):
    change = confirmed(case)
    UnitAccount.objects.filter(ended_at__isnull=True).update(ended_at=timezone.now())
    membership = factories.moved(case.first, case.finance.organisation, Role.FINANCE)
    other = AccountChange.objects.create(
        number="x",
        division=change.division,
        applicant=change.applicant,
        unit=unit,
        holder="x",
        bank_name="x",
        bank_account=NEW,
    )
    with pytest.raises(DatabaseError, match="one person"), transaction.atomic():
        UnitAccount.objects.create(
            unit=unit,
            change=other,
            holder="x",
            bank_name="x",
            bank_account=NEW,
            account_hash=b"0" * 32,
            approved_at=timezone.now(),
            approved_by=case.first,
            confirmed_at=timezone.now(),
            confirmed_by=membership,
        )


def test_only_finance_of_the_place_confirms_and_sees_it(case, api):
    change = approved(case)
    for other in (money.finance("150103"), money.finance("150100"), case.first, case.clerk):
        with pytest.raises(NotAllowed):
            take(change, "confirm", by=other)
    for code, seen in (("150102", 200), ("150100", 404), ("150103", 404)):
        assert api(money.finance(code)).get(f"/api/v1/account-changes/{change.pk}/").status_code == seen


def test_it_lies_in_the_todo_of_finance_with_its_time_limit(browser, case):
    change = approved(case)
    item = WorkItem.objects.get(kind=KIND)
    assert (item.desk, item.standing, item.due_on) == (
        case.finance.organisation,
        "todo",
        timezone.localdate() + timedelta(days=3),
    )
    client = browser(case.finance)
    assert change.number in client.get(reverse("inbox", args=["todo"])).content.decode()
    assert change.number in client.get(reverse("home")).content.decode()


def test_finance_sends_it_back_and_the_account_in_force_stays(case):
    change = approved(case)
    take(change, "send_back", by=case.finance, reason="账号与证明不一致")
    assert (change.state, UnitAccount.objects.get().bank_account) == (State.RETURNED, OLD)
    take(change, "submit", by=case.clerk)
    change.refresh_from_db()
    assert (change.state, change.approved_by) == (State.IN_REVIEW, None)


def test_both_accounts_stand_side_by_side_whole_for_those_who_decide(browser, case):
    change = submitted(case)
    address = reverse("case", args=[KIND, change.pk])
    page = browser(case.first).get(address).content.decode()
    assert "0602 0050 0902 4510 000" in page
    assert "6222 0206 0200 0099 999" in page
    assert "账户名称与单位名称一致" in page
    auditor = browser(factories.member(case.first.organisation, Role.AUDITOR)).get(address).content.decode()
    assert ("****9999" in auditor, "6222 0206" in auditor) == (True, False)


# ── another holder
# ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("holder", "same"),
    [
        ("青城（示范）学校", True),
        ("青城(示范)学校", True),
        (" 青城（示范） 学校", True),
        ("青城示范学校", False),
        ("张三", False),
    ],
)
def test_a_holder_is_compared_without_width_and_spaces(holder, same):
    assert same_holder(holder, "青城（示范）学校") is same


def paper():
    return SimpleUploadedFile("证明.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")


def test_another_holder_is_refused_without_reason_or_paper(case):
    change = ask(case, holder="举办单位")
    with pytest.raises(NotNow, match="不能作为收款账户"):
        take(change, "submit", by=case.clerk)
    for reason in ("", "\u200b", "\u3164\u2800"):
        AccountChange.objects.update(is_exception=True, exception_reason=reason)
        with pytest.raises(NotNow) as refused:
            take(change, "submit", by=case.clerk)
        assert refused.value.sentences == [
            "使用其他户名须说明理由。",
            "使用其他户名须上传证明材料（“其他户名的证明”）。",
        ]


def test_a_reason_nobody_sees_is_none_for_another_holder_by_page_and_api(browser, api, case):
    change = ask(case, holder="举办单位", is_exception=True, exception_reason="\u200b\u2800")
    attach(KIND, change.pk, "holder_paper", paper(), by=case.clerk)
    page = browser(case.clerk).post(
        reverse("move", args=[KIND, change.pk, "submit"]), {"expected_version": change.version}
    )
    assert (page.status_code, "使用其他户名须说明理由。" in page.content.decode()) == (409, True)
    answer = api(case.clerk).post(
        f"/api/v1/account-changes/{change.pk}/moves/submit/", {"expected_version": change.version}, format="json"
    )
    assert (answer.status_code, "使用其他户名须说明理由。" in answer.content.decode()) == (409, True)
    assert AccountChange.objects.get().state == State.DRAFT


def test_another_holder_needs_two_officers_and_finance_and_is_marked_everywhere(browser, api, case):
    change = ask(case, holder="举办单位", is_exception=True, exception_reason="学校不单独开户")
    attach(KIND, change.pk, "holder_paper", paper(), by=case.clerk)
    take(change, "submit", by=case.clerk)
    take(change, "approve", by=case.first)
    assert (change.state, change.position) == (State.IN_REVIEW, 2)
    with pytest.raises(NotNow, match="同一人不能作两次审核"):
        take(change, "approve", by=case.first)
    take(change, "approve", by=case.second)
    assert change.state == State.CONFIRMING
    take(change, "confirm", by=case.finance)
    account = UnitAccount.objects.get(ended_at__isnull=True)
    assert (account.is_exception, account.exception_reason, account.change.seconded_by) == (
        True,
        "学校不单独开户",
        case.second,
    )
    finance = browser(case.finance)
    assert "户名例外" in finance.get(reverse("payables")).content.decode()
    batch = draw_up_batch([case.subsidy], by=case.finance)
    assert "户名例外" in finance.get(reverse("case", args=["paymentbatch", batch.pk])).content.decode()
    assert "户名例外" in browser(case.clerk).get(reverse("unit_profile")).content.decode()
    assert api(case.finance).get(f"/api/v1/batches/{batch.pk}/payments/").json()[0]["is_exception"] is True


def test_the_database_refuses_an_exception_one_officer_agreed_to(case):
    change = ask(case, holder="举办单位", is_exception=True, exception_reason="学校不单独开户")
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountChange.objects.filter(pk=change.pk).update(
            state=State.CONFIRMING, approved_by=case.first, approved_at=timezone.now()
        )


# ── meanwhile
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_drawn_up_before_the_account_changed_is_not_frozen(browser, case):
    batch = draw_up_batch([case.subsidy], by=case.finance)
    confirmed(case)
    with pytest.raises(NotNow, match="收款账户在生成批次后有变更，请撤销批次后重新生成"):
        take(batch, "freeze", by=case.finance)
    take(batch, "withdraw", by=case.finance, reason="账户变更")
    assert frozen(case) == [(case.clerk.organisation.name, "内蒙古银行", NEW)]


def test_a_frozen_batch_stays_as_the_bank_got_it_when_the_account_ends(browser, case):
    batch = money.frozen_batch(case)
    confirmed(case)
    assert Payment.objects.get().bank_account == OLD
    page = browser(case.finance).get(reverse("case", args=["paymentbatch", batch.pk])).content.decode()
    assert "起已换账户" in page


def test_the_database_freezes_no_batch_on_an_account_that_ended(case):
    batch = draw_up_batch([case.subsidy], by=case.finance)
    UnitAccount.objects.update(ended_at=timezone.now())
    with pytest.raises(DatabaseError, match="no account in force"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(digest="0" * 64, bank_file="x", state=State.FROZEN)


@pytest.mark.parametrize(
    "column", ["holder = '张三'", "bank_name = '某银行'", "taken_over = NOT taken_over", "confirmed_at = now()"]
)
def test_an_account_in_force_is_never_rewritten(case, column):
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE training_unitaccount SET {column}")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM training_unitaccount")


def test_an_account_number_put_past_the_portal_stops_the_money(case, unit):
    account = unit.accounts.get()
    account.bank_account = NEW
    account.save(update_fields=["bank_account"])
    with pytest.raises(NotNow, match="与批准时的校验值不一致"):
        draw_up_batch([case.subsidy], by=case.finance)


def test_two_changes_at_once_are_refused_with_the_number_of_the_first(case, unit):
    first = ask(case)
    with pytest.raises(Refused, match=first.number):
        ask(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountChange.objects.create(number="x", division=first.division, applicant=first.applicant, unit=unit)


@pytest.mark.parametrize("so_far", [ask, submitted, approved])
def test_a_dropped_change_leaves_the_account_in_force(case, so_far):
    change = so_far(case)
    take(change, "drop", by=case.clerk)
    assert (change.state, UnitAccount.objects.get().bank_account) == (State.WITHDRAWN, OLD)
    assert frozen(case) == [(case.clerk.organisation.name, "示例银行", OLD)]
    assert available(file_of(change), case.clerk) == []


def test_the_same_account_again_is_no_change(case):
    change = ask(case, bank="示例银行", number=OLD)
    with pytest.raises(NotNow, match="与在用账户相同"):
        take(change, "submit", by=case.clerk)


def test_a_claim_whose_payee_has_no_account_waits_and_says_why(browser, case):
    UnitAccount.objects.update(ended_at=timezone.now())
    page = browser(case.finance).get(reverse("payables")).content.decode()
    assert "没有经审核同意并由财务确认的账户，不能拨付" in page
    assert "disabled" in page
    assert list(payable(case.finance)) == [case.subsidy]


def test_a_first_account_comes_with_the_registration_and_waits_for_finance():
    registration, membership = cases.submitted()
    officer, finance = factories.officer(), money.finance()
    take(registration, "approve", by=officer)
    change = AccountChange.objects.get()
    assert (change.state, change.registration, change.approved_by, UnitAccount.objects.count()) == (
        State.CONFIRMING,
        registration,
        officer,
        0,
    )
    with pytest.raises(NotNow, match="须由另一名财务人员确认"):
        take(change, "confirm", by=factories.moved(officer, finance.organisation, Role.FINANCE))
    take(change, "confirm", by=finance)
    assert UnitAccount.objects.get().holder == membership.organisation.name


def test_old_and_new_account_are_kept_sealed(case):
    confirmed(case)
    changed = Event.objects.get(act="accountchange.confirm").data["changed"]
    assert changed["bank_name"] == ["示例银行", "内蒙古银行"]
    assert [opened(value) for value in changed["bank_account"]] == [OLD, NEW]
    assert NEW not in str(list(Event.objects.values_list("data", flat=True)))


def test_an_amendment_of_the_file_does_not_touch_the_account(case, unit):
    begin_amendment(unit, by=case.clerk)
    registration = update_unit(unit, by=case.clerk, contact="王敏")
    take(registration, "submit", by=case.clerk)
    take(registration, "approve", by=case.first)
    assert (UnitAccount.objects.get().bank_account, AccountChange.objects.count()) == (OLD, 0)


def test_the_paper_of_an_exception_is_kept_with_the_case(case):
    change = ask(case, holder="举办单位", is_exception=True, exception_reason="学校不单独开户")
    attach(KIND, change.pk, "holder_paper", paper(), by=case.clerk)
    assert Attachment.objects.get(kind=KIND).slot == "holder_paper"
