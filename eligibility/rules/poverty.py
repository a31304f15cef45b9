"""二(二)2 建档立卡贫困劳动力及贫困家庭子女: the poverty department's data decides."""

from eligibility.engine.checks import people
from eligibility.engine.model import FIRST_DAY, Category, Check
from eligibility.engine.text import Text
from eligibility.rules.common import ALIVE, ID_VALID, MINIMUM_AGE_ONLY, NO_PENSION_OR_VERIFIED, NOTICE, OF_AGE

POVERTY_OFFICE = Text("扶贫部门", "the poverty alleviation department")


def poverty_record(clause: str, kind: str, who: Text) -> Check:
    """`poverty_record`: on the poverty department's record as `who`; without a record people verify."""
    return Check(
        code="poverty_record",
        label=Text(f"扶贫信息（{who.zh}）", f"Poverty record ({who.en})"),
        asks=Text(
            f"扶贫部门数据登记为{who.zh}；查不到的由协查确认。",
            f"On the poverty department's record as {who.en}; otherwise verified by people.",
        ),
        clause=clause,
        speaks_for=FIRST_DAY,
        registry="poverty",
        asks_person=("poverty",),
        test=people.poverty_record,
        limits={"kind": kind},
        says={
            "pass": Text(
                f"扶贫部门{{since}}起登记为{who.zh}，至{{when}}有效。",
                f"On the poverty record as {who.en} since {{since}}, still so on {{when}}.",
            ),
            "open": Text(
                f"扶贫数据中没有登记为{who.zh}，须由扶贫部门协查。",
                f"Not on the poverty record as {who.en}; the department has to verify.",
            ),
            "other": Text(
                f"扶贫数据中的登记已结束或属于另一类，是否为{who.zh}须由扶贫部门协查。",
                f"The poverty record has ended or is of the other type; whether this is {who.en} has to be verified.",
            ),
            "confirmed": Text(f"扶贫部门已协查确认是{who.zh}。", f"The poverty department has confirmed {who.en}."),
            "refuted": Text(f"扶贫部门协查答复：不是{who.zh}。", f"The poverty department has answered: not {who.en}."),
        },
        advice=Text(
            "由审核人员向扶贫部门发出协查；可先附扶贫手册复印件。",
            "The officer asks the poverty department; a copy of the poverty booklet helps.",
        ),
        assisted=True,
        department=POVERTY_OFFICE,
        instead=("rural_transfer", "laid_off_unemployed"),
    )


LABOURER = Text("建档立卡贫困劳动力", "a registered poor labourer")
CHILD = Text("贫困家庭子女", "a child of a registered poor family")

CATEGORIES = (
    Category(
        "poor_labourer",
        Text("建档立卡贫困劳动力", "Registered poor labourers"),
        "N二(二)2",
        "poverty",
        NOTICE,
        (ID_VALID, OF_AGE, NO_PENSION_OR_VERIFIED, ALIVE, poverty_record("N二(二)2", "poor_labourer", LABOURER)),
    ),
    Category(
        "poor_family_child",
        Text("贫困家庭子女", "Children of registered poor families"),
        "N二(二)2",
        "poverty",
        NOTICE,
        (ID_VALID, ALIVE, poverty_record("N二(二)2", "poor_family_child", CHILD), MINIMUM_AGE_ONLY.under("N二(二)2")),
    ),
)
