"""Names, and what only Python can make of a person: the encrypted number, telephone and account, and the hash to find
them by.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from django.db import connection

from eligibility.domain.people import number_hash
from eligibility.models import Person
from kit.crypto import encrypt
from subsidies.models import Payment
from training.domain.units.profiles import file_of
from training.models import Enrolment, Registration, Unit, UnitAccount

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
FIRST = "海建志秀晓桂文玉立春永彩国静明丽艳军勇杰娟涛敏燕红梅霞辉鹏刚"
SECOND = "燕国丽强兰军明英博梅新华红霞庆静平东玲芳龙云凤琴生荣波峰斌宁"
MONGOLIAN_FIRST = [
    "巴特",
    "其其",
    "乌云",
    "苏日",
    "那日",
    "格日",
    "萨仁",
    "阿拉坦",
    "朝",
    "娜仁",
    "斯",
    "呼",
    "额尔",
    "乌",
    "宝",
    "满",
    "敖登",
    "哈斯",
    "图门",
    "特木",
]
MONGOLIAN_LAST = [
    "尔",
    "格",
    "其木格",
    "娜",
    "苏",
    "勒图",
    "高娃",
    "其其格",
    "鲁",
    "托雅",
    "琴",
    "和",
    "敦",
    "兰",
    "音",
    "达",
    "夫",
    "巴根",
    "吉雅",
    "毕力格",
]
CHUNK = 50_000
PHONE, ACCOUNT, NUMBER = (
    model._meta.get_field(name).aad
    for model, name in ((Enrolment, "phone"), (Enrolment, "bank_account"), (Person, "number"))
)
UNIT_ACCOUNT = Payment._meta.get_field("bank_account").aad


def names() -> Iterator[tuple[int, str, list[str]]]:
    """(number, name, its characters): Han names in three of four, Mongolian ones in the fourth, as the inbox and people
    search want them.
    """
    han = [surname + first + second for surname in SURNAMES for first in FIRST for second in SECOND]
    mongolian = [first + last for first in MONGOLIAN_FIRST for last in MONGOLIAN_LAST]
    mixed = [mongolian[n // 4 % len(mongolian)] if n % 4 == 0 else han[n] for n in range(len(han))]
    return ((number, name, sorted(set(name))) for number, name in enumerate(mixed, 1))


def seal_people() -> int:
    """Encrypt what the plan says of each person into `bench.cipher`, by COPY; gives how many people."""
    done, last = 0, 0
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNLOGGED TABLE bench.cipher (id bigint PRIMARY KEY, number bytea, number_hash bytea, phone bytea,"
            " account bytea)"
        )
        while rows := _after(cursor, last):
            cursor.copy_expert("COPY bench.cipher FROM STDIN", io.StringIO("".join(map(_line, rows))))
            done, last = done + len(rows), rows[-1][0]
        cursor.execute("ANALYZE bench.cipher")
    return done


def _after(cursor: object, last: int) -> list[tuple[int, str, str]]:
    sql = "SELECT id, number, phone FROM bench.person WHERE id > %s ORDER BY id LIMIT %s"
    cursor.execute(sql, [last, CHUNK])  # type: ignore[attr-defined]
    return cursor.fetchall()  # type: ignore[attr-defined]


def _line(row: tuple[int, str, str]) -> str:
    pk, number, phone = row
    return (
        f"{pk}\t\\\\x{encrypt(number, NUMBER).hex()}\t\\\\x{number_hash(number).hex()}"
        f"\t\\\\x{encrypt(phone, PHONE).hex()}\t\\\\x{encrypt(card(pk), ACCOUNT).hex()}\n"
    )


def card(number: int) -> str:
    """A debit card with a right check digit (Luhn)."""
    body = f"622848{number * 7919 % 10**12:012d}"
    total = sum(DOUBLED[int(digit)] if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


DOUBLED = [2 * digit - 9 * (digit > 4) for digit in range(10)]


def unit_accounts() -> Iterator[tuple[int, str, bytes, int]]:
    """(organisation, account holder, the account as a payment keeps it encrypted, its row)."""
    for account in (
        UnitAccount.objects.filter(ended_at__isnull=True).select_related("unit").order_by("unit__organisation")
    ):
        yield account.unit.organisation_id, account.holder, encrypt(account.bank_account, UNIT_ACCOUNT), account.pk


def unit_drafts() -> Iterator[tuple[int, bytes, bytes]]:
    """(unit, what its first registration asks for, the file before it: none), as a registration
    keeps them encrypted.
    """
    proposed, former = (Registration._meta.get_field(name).sealer() for name in ("values", "former"))
    for unit in Unit.objects.order_by("pk"):
        yield unit.pk, proposed(file_of(unit)), former({})
