#!/usr/bin/env bash
# SheetJS (npm xlsx 0.18.5): with cellDates, a cell that holds the day 1 December 2026 is read under TZ=Asia/Shanghai as 23:59:17 of 30 November,
# so that whoever takes the date, or hands on the JSON, is a day off. Its base of 1899 has the city's local mean time, +08:05:43, of which
# getTimezoneOffset() tells whole minutes: 43 seconds are lost. Writing new Date(2026, 11, 1) errs by as much the other way, 00:00:43.
# Seen: cell 46357 (2026-12-01) read: 2026-11-30T15:59:17.000Z · new Date(2026, 11, 1) written: 46357.000497685185
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts xlsx@0.18.5 >/dev/null 2>&1
TZ=Asia/Shanghai node -e '
const XLSX = require("xlsx");
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, {"!ref": "A1", A1: {t: "n", v: 46357, z: "yyyy-mm-dd"}}, "证书");
const file = XLSX.write(book, {type: "buffer", bookType: "xlsx"});
const read = XLSX.read(file, {cellDates: true}).Sheets["证书"].A1.v.toISOString();
const written = XLSX.utils.aoa_to_sheet([[new Date(2026, 11, 1)]]).A1.v;
console.log("cell 46357 (2026-12-01) read:", read, "· new Date(2026, 11, 1) written:", written);
if (read !== "2026-11-30T15:59:17.000Z" || written !== 46357.000497685185) { console.log("the behaviour has changed"); process.exit(1); }
'
