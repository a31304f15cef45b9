"""P5: 100,000 rows × 20 columns to xlsx with a watermark, and what memory it takes."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import tablib
from import_export.formats.base_formats import XLSX
from rustpy_xlsxwriter import write_worksheet

from bench.measure import Bench, Line, Target, Variant
from kit.sheets import write_table

PROJECT = Path(__file__).resolve().parents[2]
CODE = "P5"
SENTENCE = "an export of 100,000 rows × 20 columns to xlsx with a watermark, rows ready in memory"
ROWS, PART = 100_000, 2_000
HEADERS = [
    "姓名",
    "证件号码",
    "性别",
    "班次编号",
    "班次名称",
    "人员类别",
    "培训类别",
    "培训项目",
    "等级",
    "培训机构",
    "用工企业",
    "地区",
    "资金来源",
    "开始日期",
    "结束日期",
    "计入日期",
    "培训结果",
    "证书编号",
    "课时",
    "补贴金额（元）",
]
TEXT, MONEY = {"证件号码", "班次编号", "证书编号"}, {"补贴金额（元）"}
WATERMARK = "导出人：工作人员（性能测量） 2026-11-20 10:00 用途：性能测量"
LEAST_MEMORY = 4
STATUS = Path("/proc/self/status")


def row(n: int) -> list[Any]:
    """One line as the people behind a cell are exported."""
    day = date(2026, 1, 1) + timedelta(days=n % 300)
    return [
        f"王建国{n % 97}",
        f"150***********{n % 10_000:04d}",
        "男",
        f"150102-2026-{n % 999_999:06d}",
        f"2026年第{n % 40}期焊工（{n % 5}级）培训班",
        "下岗失业人员",
        "就业技能培训",
        "焊工（5级）",
        "初级",
        "新城区职业培训学校1",
        "",
        "新城区",
        "就业补助资金",
        day,
        day + timedelta(days=20),
        day + timedelta(days=40),
        "合格",
        f"Z{n:010d}",
        80 + n % 40,
        Decimal("1500.00"),
    ]


def measure(bench: Bench) -> list[Line]:
    line = Line(CODE, "100,000 rows × 20 columns", Target(share=0.5, naive=15))
    rows = [row(n) for n in range(ROWS)]
    ready = [dict(zip(HEADERS, values, strict=True)) for values in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        bench.timed(
            line,
            ours=Variant(lambda: ours(path, rows)),
            limit=Variant(lambda: discard(write_worksheet(iter(ready), str(path), sheet_name="数据"))),
            naive=Variant(lambda: naive(path, rows[:PART]), times=ROWS / PART),
        )
        if bench.profiler is None:
            mine, theirs = peak("ours", ROWS), peak("naive", PART * 5) * ROWS // (PART * 5)
            words = (
                f"memory {mine / 1e6:.0f} MB, naive {theirs / 1e6:.0f} MB (measured on {PART * 5:,} rows), at most"
                f" 1/{LEAST_MEMORY} of it"
            )
            line.also[words] = mine * LEAST_MEMORY <= theirs
            line.notes.append(words)
    line.notes.append(
        f"limit: rustpy-xlsxwriter on prepared rows without formats; naive: import-export's xlsx, measured on {PART:,}"
        " rows"
    )
    return [line]


def ours(path: Path, rows: list[list[Any]]) -> None:
    write_table(
        str(path),
        HEADERS,
        iter(rows),
        title="实际培训人次",
        watermark=WATERMARK,
        text_columns=TEXT,
        money_columns=MONEY,
    )


def naive(path: Path, rows: list[list[Any]]) -> None:
    """What an export button of import-export does with a dataset."""
    path.write_bytes(XLSX().export_data(tablib.Dataset(*rows, headers=HEADERS)))


def discard(_value: object) -> None:
    """A variant's result is not its time."""


def peak(way: str, rows: int) -> int:
    """Bytes by which a process of its own grows while it writes; its rows are there before."""
    code = f"import django; django.setup(); from bench.rows.p5_export import grown; print(grown({way!r}, {rows}))"
    return int(
        subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    )


def grown(way: str, count: int) -> int:
    """What `peak` asks its process: the growth of the most memory it ever held."""
    rows = [row(n) for n in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        before = high_water()
        (ours if way == "ours" else naive)(Path(folder) / "export.xlsx", rows)
        return high_water() - before


def high_water() -> int:
    """The most memory this process has held, in bytes.

    Linux counts it by program in /proc; getrusage there begins with what the process held that started this one. A Mac
    gives bytes.
    """
    if STATUS.exists():
        return int(STATUS.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
