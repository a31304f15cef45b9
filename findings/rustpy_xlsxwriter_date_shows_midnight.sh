#!/usr/bin/env bash
# rustpy-xlsxwriter 0.8.0: a datetime.date (no time in it) is written with the number format "yyyy-mm-ddThh:mm:ss", so every date in a
# sheet shows midnight after it; the text is wider than a column of 14 characters, and LibreOffice shows "###" in its place.
# Giving datetime_format="yyyy-mm-dd" helps, but only where no column holds real times: there is one format for both.
# Seen: number format of a date cell by itself: yyyy-mm-ddThh:mm:ss · with datetime_format: yyyy-mm-dd
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rustpy-xlsxwriter==0.8.0 openpyxl==3.1.5 2>/dev/null
"$folder/venv/bin/python" - "$folder" <<'PY'
import datetime, sys
import openpyxl
from rustpy_xlsxwriter import write_worksheet

def number_format(name, **options):
    path = f"{sys.argv[1]}/{name}.xlsx"
    write_worksheet([{"日期": datetime.date(2026, 11, 3)}], path, **options)
    return openpyxl.load_workbook(path).active["A2"].number_format

alone, told = number_format("alone"), number_format("told", datetime_format="yyyy-mm-dd")
print("number format of a date cell by itself:", alone, "· with datetime_format:", told)
assert (alone, told) == ("yyyy-mm-ddThh:mm:ss", "yyyy-mm-dd"), "the behaviour has changed"
PY
