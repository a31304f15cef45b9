"""A claim and a batch begin as drafts, or with the event of the state they are put in with (R-SUB-5, R-SEC-2).

What was given up claims for nobody any more. The reason why somebody gets nothing named other units' classes: it says so no more; their
numbers stand beside it, for offices (R-SEC-1).
"""

import re

from django.db import migrations
from django.db.models import Q

KINDS = ("subsidy", "paymentbatch")
FORWARD = "".join(
    f"CREATE CONSTRAINT TRIGGER recorded_first AFTER INSERT ON subsidies_{kind} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    f" WHEN (NEW.state <> 'draft') EXECUTE FUNCTION fanbu_recorded('{kind}');\n"
    for kind in KINDS
)
BACK = "".join(f"DROP TRIGGER recorded_first ON subsidies_{kind};\n" for kind in KINDS)
GIVEN_UP = """
UPDATE subsidies_subsidyline l SET state = 'refused', reason = '申请单位放弃了这次申请。'
    FROM subsidies_subsidy s WHERE s.id = l.subsidy_id AND s.state = 'withdrawn' AND l.state = 'claimed';
UPDATE subsidies_subsidy SET amount = 0 WHERE state = 'withdrawn' AND amount <> 0;
"""
NAMED = tuple(re.compile(pattern) for pattern in (
    r"^(?P<head>同一职业同一等级|同一培训项目)已在班次(?P<classes>.+)(?P<tail>享受过补贴。)$",
    r"^(?P<head>\d+年已享受\d+次补贴（每年最多\d+次）)：(?P<classes>.+)(?P<tail>。)$",
    r"^(?P<head>(?:The same training project was subsidised|A subsidy for the same occupation and level was) already(?: received)?) in class (?P<classes>.+)(?P<tail>\.)$",
    r"^(?P<head>Subsidies already received in \d+: \d+, at most \d+ a year) \((?P<classes>.+)\)(?P<tail>\.)$",
))


def without_classes(sentence):
    """The sentence with no class in it, and the classes it named."""
    for pattern in NAMED:
        if found := pattern.match(sentence):
            middle = "已" if found["head"].startswith("同一") else ""
            return f"{found['head']}{middle}{found['tail']}", found["classes"].split("、")
    return sentence, []


def say_no_class(apps, schema_editor):
    lines = apps.get_model("subsidies", "SubsidyLine").objects
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come is not altered
    schema_editor.execute("ALTER TABLE subsidies_subsidyline DISABLE TRIGGER frozen")
    for line in list(lines.filter(Q(state="refused") | Q(basis__has_key="before")).only("reason", "basis")):
        reason, classes = without_classes(line.reason)
        basis = dict(line.basis)
        if classes:
            basis |= {"refusal": reason, "elsewhere": classes}
        if isinstance(basis.get("before"), dict):
            basis["before"] = basis["before"] | {"reason": without_classes(basis["before"].get("reason", ""))[0]}
        if (reason, basis) != (line.reason, line.basis):
            lines.filter(pk=line.pk).update(reason=reason, basis=basis)
    schema_editor.execute("ALTER TABLE subsidies_subsidyline ENABLE TRIGGER frozen")


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0014_guarded"), ("training", "0022_verdicts_judged"), ("accounts", "0009_guards")]
    operations = [
        migrations.RunSQL(GIVEN_UP, migrations.RunSQL.noop),
        migrations.RunPython(say_no_class, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACK),
    ]
