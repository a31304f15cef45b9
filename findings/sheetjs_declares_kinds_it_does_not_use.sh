#!/usr/bin/env bash
# SheetJS (npm xlsx 0.18.5): a plain .xlsx it writes declares, in [Content_Types].xml, the kind of a binary macro workbook for the extension
# "bin" though no part of the file has that extension. Who looks for the words in the table of contents takes the file for a binary workbook
# or one with macros; the kind of the part that is there says that it is neither.
# Seen: declared for bin: application/vnd.ms-excel.sheet.binary.macroEnabled.main · parts named *.bin: 0 · kind of the workbook:
#       application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts xlsx@0.18.5 >/dev/null
node -e '
const XLSX = require("xlsx");
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([["姓名"], ["张三"]]), "名册");
XLSX.writeFile(book, "roster.xlsx");
'
python3 - <<'PY'
import re, zipfile
with zipfile.ZipFile("roster.xlsx") as archive:
    contents, names = archive.read("[Content_Types].xml").decode(), archive.namelist()
declared = re.search(r'<Default Extension="bin" ContentType="([^"]+)"', contents).group(1)
workbook = re.search(r'<Override PartName="/xl/workbook.xml" ContentType="([^"]+)"', contents).group(1)
bins = sum(name.endswith(".bin") for name in names)
print("declared for bin:", declared, "· parts named *.bin:", bins, "· kind of the workbook:", workbook)
assert (declared, bins) == ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", 0), "the behaviour has changed"
assert workbook == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "the behaviour has changed"
PY
