"""Numbers of law are dated rows of policy: none stands in a sentence of a page or of the code, none in a constant
(R-SUB-1, R-SEC-3).
"""

import ast
import re
from collections.abc import Iterator

from tests.architecture.code import ROOMS, ROOT, files, tree

# A numeral before what the law counts: working days, days, people, lesson hours, times, percent, yuan, months, years.
COUNTED = re.compile(r"(?<![A-Za-z0-9_(./-])\d+ ?(?:个?工作日|天|日内|人次|人|课时|次|%%|%|％|元|个月|周岁|岁)")
SENTENCES = re.compile(r'translate (?:trimmed )?"([^"]*)"|%}([^{<]*[\u4e00-\u9fff][^{<]*)')
# What a constant of such a number would be called.
CALLED = re.compile(r"WORKDAY|WORKING_DAY|PEOPLE|ATTEND|PUBLICITY|TRAININGS|LESSON|LEAD|PERCENT|HOURS|AMOUNT")
NO_LAW = {
    "0 人": "the page counts nobody",
    "30 天内失效": "a filter of the list of grants",
    "ALL_PERCENT = 100": "the whole",
    "LESSON_MINUTES = 45": "what a lesson hour is; no notice sets another",
    "PEOPLE = 50": "rows of a public page",
}


def in_templates() -> Iterator[str]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for found in SENTENCES.finditer(path.read_text(encoding="utf-8")):
            text = (found.group(1) or found.group(2)).strip()
            if COUNTED.search(text):
                yield text


def in_code(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "gettext", "gettext_lazy"):
            text = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
            if isinstance(text, str) and COUNTED.search(text):
                yield text
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
            and type(node.value.value) in (int, float)
            and CALLED.search(node.targets[0].id)
        ):
            yield f"{node.targets[0].id} = {node.value.value}"


def test_no_number_of_law_stands_in_a_sentence_or_a_constant():
    found = {*in_templates()}
    for room in ROOMS:
        for path in files(room):
            found |= {*in_code(tree(path))}
    assert found == set(NO_LAW)


def test_such_a_number_would_be_found():
    module = ast.parse('_("公示5个工作日")\nMOST_PEOPLE = 60\n_("公示%(days)s个工作日")\nMOST_ROWS = 60')
    assert {*in_code(module)} == {"公示5个工作日", "MOST_PEOPLE = 60"}
