"""A region's data made in PostgreSQL: small tables by the portal's models, large ones by set-based SQL over a plan.

The plan (schema `bench`) is drawn by hashing row numbers with the seed, so the same seed gives the same data; only the
nonces of encrypted columns differ. What the portal's own code knows (working days, judgements, standards, papers,
digests) is asked of it.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from string import Template
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from psycopg2.extras import execute_values

from bench.calendar import calendar
from bench.catalogue import SOURCE, Offer, open_catalogue
from bench.indexes import PUT_BACK, lifted, reset_sequences
from bench.judgements import judgements
from bench.offices import open_everything
from bench.people import names, seal_people, unit_accounts, unit_drafts
from bench.scales import Scale
from kit.money import yuan_text
from reports.domain.tallies import tally_everything
from subsidies.domain.publicity import snapshot_digest
from subsidies.enums import Item
from training.enums import FundSource

SQL = Path(__file__).parent / "sql"
Say = Callable[[str], None]


def build(scale: Scale, say: Say = lambda line: None) -> None:
    """Fill a migrated, empty database: constraints and indexes are lifted and put back, which checks every row."""
    with lifted(connection):
        fill(scale, say)
        say(PUT_BACK)
    analyze()


def fill(scale: Scale, say: Say = lambda line: None) -> None:
    """Every step in a transaction of its own (one around all of them when the caller has one open)."""
    offers: list[Offer] = []
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("offices, units, seats", lambda: open_everything(scale)),
        ("catalogue", lambda: offers.extend(open_catalogue())),
        ("small tables of the plan", lambda: lay_out(offers)),
        ("plan", lambda: (run("10_plan", scale), run("20_moves", scale))),
        ("classes, lessons, applications", lambda: run("30_classes", scale)),
        ("people", lambda: (run("40_people", scale), seal_people(), run("41_persons", scale))),
        ("enrolments, judgements, attendance", lambda: run("50_enrolments", scale)),
        ("subsidies, payments", lambda: (run("60_money", scale), publish())),
        ("steps, desks, notices", lambda: run("70_desks", scale)),
        ("statistics", analyze),
        ("tallies of the monthly figures", tally_everything),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'; SET synchronous_commit = off; SET jit = off"
        )
        cursor.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
    for name, step in steps:
        begun = time.perf_counter()
        with transaction.atomic():
            step()
        say(f"  {name}: {time.perf_counter() - begun:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP SCHEMA bench CASCADE; RESET work_mem; RESET maintenance_work_mem; RESET synchronous_commit; RESET jit"
        )
        reset_sequences(cursor)


def analyze() -> None:
    """Without statistics the tallies below join by nested loops, and that without indexes: minutes for a league, hours
    for the region.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def run(name: str, scale: Scale) -> None:
    """One SQL file, its numbers filled in."""
    words = scale.numbers() | {"cases": reverse("home") + "cases/"}
    with connection.cursor() as cursor:
        for statement in Template((SQL / f"{name}.sql").read_text(encoding="utf-8")).substitute(words).split(";\n"):
            if statement.strip():
                cursor.execute(statement)


def lay_out(offers: Sequence[Offer]) -> None:
    """The small tables the plan reads: days, offers, judgements, names, accounts, funds."""
    days = calendar()
    table("workday (seq int PRIMARY KEY, day date)", enumerate(days.days, 1))
    table("span (first int, today int, shares float8[])", [(days.first, days.today, days.shares)])
    table(
        "offer (id int, project_id bigint, category text, employees bool, filing bool, hours int,"
        " occupation_id text, level int,"
        " certificate_kind text, certificate_required bool, standard_id bigint, worth numeric,"
        " basis jsonb, papers text[])",
        (
            (
                n,
                o.project.pk,
                o.category,
                o.employees,
                o.filing,
                o.project.hours,
                o.project.occupation_id,
                o.project.level,
                o.project.certificate_kind,
                o.project.certificate_required,
                o.standard.pk,
                o.standard.amount,
                json.dumps(basis(o)),
                list(o.papers),
            )
            for n, o in enumerate(offers, 1)
        ),
    )
    table(
        "judgement (category text, verdict text, code text, results jsonb, subgroups jsonb)",
        (
            (
                category,
                verdict,
                j.table_code,
                json.dumps(j.to_json(), ensure_ascii=False),
                json.dumps(list(j.subgroups)),
            )
            for category, verdict, j in judgements()
        ),
    )
    table("name (id int PRIMARY KEY, name text, letters text[])", names())
    table("account (organisation_id bigint, payee text, account bytea, account_id bigint)", unit_accounts())
    table("draft (unit_id bigint PRIMARY KEY, proposed bytea, former bytea)", unit_drafts())
    labels = {fund.value: str(fund.label) for fund in FundSource}
    table(
        "fund (fund_source text, label text, letters text[])",
        ((code, label, sorted(set(label))) for code, label in labels.items()),
    )


def basis(offer: Offer) -> dict[str, Any]:
    """What a line's basis says whoever the trainee is; the SQL adds what is the trainee's own."""
    amount = yuan_text(offer.standard.amount)
    return {
        "standard": offer.standard.pk,
        "standard_amount": str(offer.standard.amount),
        "percent": 100,
        "source": SOURCE,
        "is_example": True,
        "since": offer.standard.since.isoformat(),
        "hours": str(offer.project.hours),
        "formula": f"{amount} × 100% = {amount}",
    }


def table(definition: str, rows: Iterable[Sequence[Any]]) -> None:
    """One small table of the plan."""
    name = definition.split(" ", 1)[0]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE UNLOGGED TABLE bench.{definition}")
        execute_values(cursor, f"INSERT INTO bench.{name} VALUES %s", rows, page_size=1000)
        cursor.execute(f"ANALYZE bench.{name}")


def publish() -> None:
    """Every publicity with what it showed and the digest the portal itself works out."""
    with connection.cursor() as cursor:
        cursor.execute((SQL / "61_published.sql").read_text(encoding="utf-8"))
        lines = io.StringIO("".join(map(_published, cursor.fetchall())))
        cursor.copy_expert(
            "COPY subsidies_publicity (id, subsidy_id, round, begins, ends, working_days, snapshot, digest, ended_at)"
            " FROM STDIN",
            lines,
        )


def _published(row: Sequence[Any]) -> str:
    n, turn, begins, ends, ended, number, name, applicant, payee, fund, amount, worth, people = row
    each, item = yuan_text(worth), str(Item.TRAINING.label)
    snapshot = {
        "number": number,
        "class": name,
        "applicant": applicant,
        "payee": payee,
        "fund": str(FundSource(fund).label),
        "amount": yuan_text(amount),
        "rows": [
            {"sequence": place, "name": who, "number": masked, "item": item, "standard": each, "amount": each}
            for place, who, masked in people
        ],
    }
    closed = f"{ended} 16:00+08" if ended else "\\N"
    words = json.dumps(snapshot, ensure_ascii=False).replace("\\", "\\\\")
    return f"{n}\t{n}\t{turn}\t{begins}\t{ends}\t5\t{words}\t{snapshot_digest(snapshot)}\t{closed}\n"
