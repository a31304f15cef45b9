#!/usr/bin/env bash
# ExcelJS (npm exceljs 4.4.0): a JavaScript Date of midnight in Shanghai is written by its UTC clock, so that Excel and every reader show
# 16:00 of the day before: a certificate of 3 November becomes one of 2 November where only the date is read.
# Seen: cell of new Date(2026, 10, 3) under TZ=Asia/Shanghai: 2026-11-02 16:00:00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts exceljs@4.4.0 >/dev/null 2>&1
TZ=Asia/Shanghai node -e '
const ExcelJS = require("exceljs");
const book = new ExcelJS.Workbook();
book.addWorksheet("证书").getCell("A1").value = new Date(2026, 10, 3);
book.xlsx.writeFile("certificates.xlsx");
'
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 2>/dev/null
venv/bin/python - <<'PY'
import openpyxl
value = str(openpyxl.load_workbook("certificates.xlsx").active["A1"].value)
print("cell of new Date(2026, 10, 3) under TZ=Asia/Shanghai:", value)
assert value == "2026-11-02 16:00:00", "the behaviour has changed"
PY
