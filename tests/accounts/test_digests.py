"""R-SEC-2: the daily digest lists chain, number and hash; kept outside it shows a chain wound back or removed by the
tables' owner.
"""

import re
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from django.urls import reverse

from accounts.domain.audit import record, verify
from accounts.domain.digests import DigestUnreadable, make_digest, read_digest, text_of
from accounts.enums import Role
from accounts.models import ChainHead, DailyDigest, Event
from accounts.tasks import make_daily_digest
from tests.factories import administrator, member, office, operator, unit
from tests.factories.guards import as_the_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(tmp_path):
    """Three events in one banner's chain, two in another's, and the digest of the day in a file outside."""
    for division, count in (("150102", 3), ("150103", 2)):
        for number in range(count):
            record("comment.added", by=None, division=division, reason=f"{number}")
    file = tmp_path / "digest.txt"
    call_command("audit_digest", to=file)
    return file


def against(file) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", against=file, stdout=out)
    except CommandError as failed:
        return 1, out.getvalue() + str(failed)
    return 0, out.getvalue()


def test_the_digest_lists_chain_number_and_hash(kept):
    lines = kept.read_text().splitlines()
    heads = {head.chain: (head.number, bytes(head.hash).hex()) for head in ChainHead.objects.exclude(chain="150000")}
    assert {
        line.split()[0]: (int(line.split()[1]), line.split()[2]) for line in lines if re.match(r"15010[23] ", line)
    } == heads
    assert re.fullmatch(r"sha256 [0-9a-f]{64}", lines[-1])
    assert against(kept)[0] == 0


def test_a_chain_that_went_on_still_fits_the_digest(kept):
    record("comment.added", by=None, division="150102")
    assert against(kept)[0] == 0


def test_a_chain_wound_back_with_its_head_is_whole_by_itself_and_found_by_the_digest(kept):
    as_the_owner(
        "accounts_event",
        "DELETE FROM accounts_event WHERE chain = '150102' AND number = 3",
        "UPDATE accounts_chainhead h SET number = 2, hash = e.hash FROM accounts_event e"
        " WHERE h.chain = '150102' AND e.chain = h.chain AND e.number = 2",
    )
    assert verify() == []
    code, said = against(kept)
    assert (code, "150102 #3: 链被退回到第2号" in said) == (1, True)


def test_a_chain_removed_whole_is_found_by_the_digest(kept):
    as_the_owner(
        "accounts_event",
        "DELETE FROM accounts_event WHERE chain = '150103'",
        "DELETE FROM accounts_chainhead WHERE chain = '150103'",
    )
    assert verify() == []
    code, said = against(kept)
    assert (code, "150103 #2: 整条链已不存在" in said) == (1, True)


def test_a_chain_written_anew_and_longer_is_found_by_the_digest(kept):
    as_the_owner(
        "accounts_event",
        "DELETE FROM accounts_event WHERE chain = '150103'",
        "DELETE FROM accounts_chainhead WHERE chain = '150103'",
    )
    for number in range(5):
        record("comment.added", by=None, division="150103", reason=f"编造{number}")
    assert verify() == []
    code, said = against(kept)
    assert (code, "150103 #2: 这一号的记录与摘要中的不同" in said) == (1, True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("150102 3", "150102 2"),
        lambda text: text[:-80],
        lambda text: "",
        lambda text: "hello",
        lambda text: text.replace("sha256 ", "sha256 0"),
    ],
)
def test_a_digest_file_that_was_touched_is_not_believed(kept, spoil):
    text = spoil(kept.read_text())
    with pytest.raises(DigestUnreadable):
        read_digest(text)
    kept.write_text(text)
    with pytest.raises(CommandError):
        call_command("verify_audit", against=kept)


def test_a_digest_that_went_through_windows_is_still_read(kept):
    read = read_digest(kept.read_text())
    assert read_digest("\ufeff" + kept.read_text().replace("\n", "\r\n")) == read


def test_the_night_makes_one_a_day_and_puts_it_in_the_trail():
    with time_machine.travel("2026-11-30T00:10+08:00"):
        assert make_daily_digest() == make_daily_digest() == "2026-11-30"
    made = DailyDigest.objects.get()
    assert made.day == date(2026, 11, 30)
    event = Event.objects.get(act="audit.digest")
    assert event.data["digest"] == text_of(made).splitlines()[-1].removeprefix("sha256 ")


def test_a_digest_is_not_changed_afterwards():
    made = make_digest()
    for change in (lambda: DailyDigest.objects.update(heads=[]), made.delete, made.save):
        with pytest.raises((IntegrityError, InternalError, ProgrammingError)), transaction.atomic():
            change()
    assert DailyDigest.objects.get().heads == made.heads


def test_readers_of_the_trail_see_print_and_download_it(client):
    made = make_digest()
    client.force_login(member(office("150102"), Role.AUDITOR).user)
    assert made.day.isoformat() in client.get(reverse("digests")).content.decode()
    head = made.heads[0] if made.heads else ["", "", ""]
    assert head[2] in client.get(reverse("digest", args=[made.pk])).content.decode()
    answer = client.get(reverse("digest_file", args=[made.pk]))
    assert answer.content.decode() == text_of(made)
    assert answer["Content-Disposition"] == f'attachment; filename="fanbu-digest-{made.day}.txt"'
    assert Event.objects.filter(act="audit.digest_taken").count() == 1
    for membership in (member(office("150102")), operator(unit())):
        client.force_login(membership.user)
        assert {
            client.get(reverse(name, args=args)).status_code
            for name, args in (("digests", []), ("digest", [made.pk]), ("digest_file", [made.pk]))
        } == {403}
    client.force_login(administrator("150102").user)
    assert client.get(reverse("digests")).status_code == 200
