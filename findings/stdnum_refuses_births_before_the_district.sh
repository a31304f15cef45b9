#!/usr/bin/env bash
# python-stdnum 2.2, stdnum.cn.ric: validate() refuses an 18-digit number whose check digit and birth date are right when the district of its
# prefix did not exist yet at birth. Numbers were given long after birth, with the code of the district of that day: 150102 (新城区) on
# somebody born in 1958 is ordinary, and no sign of a wrong number.
# Seen: check digit right: True · birth date 1958-01-01 · validate: InvalidComponent · the same prefix, born 1985: valid
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

def verdict(number):
    try:
        return "valid" if ric.validate(number) else ""
    except ValidationError as refused:
        return type(refused).__name__

old, young = ("150102" + birth + "003" for birth in ("19580101", "19850520"))
old, young = (body + ric.calc_check_digit(body + "0") for body in (old, young))
right = ric.calc_check_digit(old) == old[-1]
print("check digit right:", right, "· birth date", ric.get_birth_date(old), "· validate:", verdict(old), "· the same prefix, born 1985:", verdict(young))
assert (right, verdict(old), verdict(young)) == (True, "InvalidComponent", "valid"), "the behaviour has changed"
PY
