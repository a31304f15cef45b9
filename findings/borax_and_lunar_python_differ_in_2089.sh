#!/usr/bin/env bash
# borax 4.1.3 and lunar-python 1.4.8 agree on every legal holiday of the lunar calendar (春节, 端午, 中秋) and on 清明 from 2019 to 2099 but
# one: 中秋 of 2089 (15th day of the 8th month), whose new moon falls within minutes of midnight in Beijing.
# Seen: days that differ: [(2089, 8, 15, '2089-09-19', '2089-09-18')]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check borax==4.1.3 lunar-python==1.4.8 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
from borax.calendars.lunardate import LunarDate, TermUtils
from lunar_python import Lunar

def day(solar):
    return f"{solar.getYear()}-{solar.getMonth():02}-{solar.getDay():02}"

differ = []
for year in range(2019, 2100):
    for month, of_month in ((1, 1), (5, 5), (8, 15)):
        one, other = LunarDate(year, month, of_month).to_solar_date().isoformat(), day(Lunar.fromYmd(year, month, of_month).getSolar())
        if one != other:
            differ.append((year, month, of_month, one, other))
    if TermUtils.nth_term_day(year, 6).isoformat() != day(Lunar.fromYmd(year, 6, 1).getJieQiTable()["清明"]):
        differ.append((year, "清明"))
print("days that differ:", differ)
assert differ == [(2089, 8, 15, "2089-09-19", "2089-09-18")], "the behaviour has changed"
PY
