"""Made-up trainees with valid check digits, and what the simulated registries know about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from kit.ids import citizen_number_from

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = [
    "海燕",
    "建国",
    "丽",
    "志强",
    "秀兰",
    "军",
    "晓明",
    "桂英",
    "文博",
    "玉梅",
    "立新",
    "春华",
    "永红",
    "彩霞",
    "国庆",
    "静",
]
MONGOLIAN = [
    "巴特尔",
    "其其格",
    "乌云其木格",
    "苏日娜",
    "那日苏",
    "格日勒图",
    "萨仁高娃",
    "阿拉坦其其格",
    "朝鲁",
    "娜仁托雅",
    "斯琴",
    "呼和",
    "额尔敦",
    "乌兰",
    "宝音",
    "满达",
]


@dataclass
class Someone:
    """One made-up person: number, name, and records by registry."""

    number: str
    name: str
    ethnicity: str
    phone: str
    account: str
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def entry(self) -> dict[str, Any]:
        """As the simulator takes it."""
        return {"id_number": self.number, "name": self.name, "records": self.records}

    def cells(self) -> dict[str, str]:
        """As the roster takes it."""
        return {
            "name": self.name,
            "number": self.number,
            "ethnicity": self.ethnicity,
            "phone": self.phone,
            "household": "城镇",
            "bank_name": "中国农业银行呼和浩特新城支行",
            "bank_account": self.account,
        }


def crowd() -> Iterator[Someone]:
    """People one after another, always the same ones."""
    for n in count(1):
        born = date(1972, 1, 1) + timedelta(days=(n * 577) % 9000)
        mongolian = n % 4 == 0
        name = (
            MONGOLIAN[n // 4 % len(MONGOLIAN)] if mongolian else SURNAMES[n % len(SURNAMES)] + GIVEN[n * 7 % len(GIVEN)]
        )
        yield Someone(
            number=citizen_number_from("150102" if n % 5 else "150203", born, n % 999 + 1),
            name=name,
            ethnicity="蒙古族" if mongolian else "汉族",
            phone=f"139{47000000 + n * 131:08d}"[:11],
            account=_card(n),
        )


def _card(n: int) -> str:
    """A debit card number with a right check digit."""
    body = f"622848{n * 7919 % 10**12:012d}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def job_seeker(someone: Someone, since: date) -> Someone:
    """Out of work and registered as looking for work."""
    someone.records = {
        "employment": [
            {"type": "person", "name": someone.name, "household": "urban"},
            {"type": "job_seeking", "registered_on": since.isoformat()},
            {"type": "unemployment", "registered_on": since.isoformat(), "division": "150102"},
        ]
    }
    return someone


def insured(someone: Someone, since: date, uscc: str) -> Someone:
    """Says he is out of work, but an employer pays his insurance: the registry fails him."""
    job_seeker(someone, since)
    someone.records["social_security"] = [{"type": "employee_insurance", "uscc": uscc, "from": since.isoformat()}]
    return someone


def shareholder(someone: Someone, since: date, uscc: str) -> Someone:
    """Holds a share only: for verification by people."""
    job_seeker(someone, since)
    someone.records["business"] = [{"type": "post", "uscc": uscc, "role": "shareholder", "from": since.isoformat()}]
    return someone


def employee(someone: Someone, since: date, uscc: str) -> Someone:
    """Under contract and registered with an employer."""
    someone.records = {
        "employment": [
            {"type": "person", "name": someone.name, "household": "urban"},
            {"type": "unit_employment", "uscc": uscc, "from": since.isoformat()},
        ],
        "labour_contract": [
            {"type": "contract", "uscc": uscc, "signed_on": since.isoformat(), "from": since.isoformat()}
        ],
        "social_security": [{"type": "employee_insurance", "uscc": uscc, "from": since.isoformat()}],
    }
    return someone


def enterprise(uscc: str, name: str, division: str) -> dict[str, Any]:
    """A legal person of the region, active and insured."""
    return {
        "uscc": uscc,
        "name": name,
        "records": {
            "business": [
                {
                    "type": "enterprise",
                    "name": name,
                    "entity_type": "legal_person",
                    "division": division,
                    "status": "active",
                    "established_on": "2010-01-01",
                }
            ],
            "social_security": [{"type": "insured_unit", "from": "2010-06-01"}],
        },
    }
