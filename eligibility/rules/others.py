"""二(二)4 其他群体: graduates, people past retirement age without a pension, people in custody."""

from eligibility.engine.checks import graduates, identity, pension, unemployed
from eligibility.engine.model import FIRST_DAY, Category, Check
from eligibility.engine.text import Text
from eligibility.rules.common import (
    ALIVE,
    ALIVE_IN_CUSTODY,
    COMMON,
    ID_VALID,
    NOTICE,
    OF_AGE,
    WORKING_AGE,
    identity_assisted,
)
from eligibility.rules.out_of_work import unemployed_under

GRADUATE_YEARS = 2

THIS_YEAR = Check(
    code="graduated_this_year",
    label=Text("毕业年度高校毕业生", "Graduate of the year"),
    asks=Text(
        "学信网登记的毕业日期在开班日所在自然年（1月1日至12月31日）内。",
        "The graduation on record falls in the calendar year of the first day.",
    ),
    clause="N二(二)4(1)",
    speaks_for=FIRST_DAY,
    registry="graduates",
    asks_person=("graduates",),
    test=graduates.graduated_this_year,
    says={
        "pass": Text(
            "学信网登记{graduated}毕业，属于{year}毕业年度。",
            "Graduation on {graduated} is on record: a graduate of {year}.",
        ),
        "fail": Text(
            "学信网登记{graduated}毕业，不在{year}毕业年度。",
            "Graduation on {graduated} is on record, which is not in {year}.",
        ),
        "none": Text("学信网没有查到高校毕业记录。", "No degree is on record with the graduates' registry."),
    },
    advice=Text(
        "请在学信网核对学历信息；往年毕业的可看其他类别。",
        "Check the degree with the graduates' registry; for earlier years see other categories.",
    ),
    instead=("graduate_two_years", "laid_off_unemployed"),
)

WITHIN_YEARS = Check(
    code="graduated_within_two_years",
    label=Text("毕业{years}年内", "Graduated within {years} years"),
    asks=Text(
        "学信网登记的毕业日期早于开班日，且不超过{years}年。",
        "Graduated before the first day, and not more than {years} years before it.",
    ),
    clause="N二(二)4(2)",
    speaks_for=FIRST_DAY,
    registry="graduates",
    asks_person=("graduates",),
    test=graduates.graduated_within_two_years,
    limits={"years": GRADUATE_YEARS},
    says={
        "pass": Text(
            "学信网登记{graduated}毕业，至{when}未超过{years}年。",
            "Graduated on {graduated}, not more than {years} years before {when}.",
        ),
        "fail": Text(
            "学信网登记{graduated}毕业，至{when}已超过{years}年。",
            "Graduated on {graduated}, more than {years} years before {when}.",
        ),
        "not_yet": Text(
            "学信网登记{graduated}毕业，至{when}尚未毕业。",
            "Graduation is on {graduated}; on {when} this is not yet a graduate.",
        ),
        "none": Text("学信网没有查到高校毕业记录。", "No degree is on record with the graduates' registry."),
    },
    advice=Text(
        "请在学信网核对学历信息；超过年限的可看其他类别。",
        "Check the degree with the graduates' registry; past the limit see other categories.",
    ),
    instead=("graduate_this_year", "laid_off_unemployed"),
)

NOT_REGISTERED = Check(
    code="not_registered_unemployed",
    label=Text("未登记失业", "Not registered as unemployed"),
    asks=Text(
        "就业系统没有正在生效的失业登记；有的，应按下岗失业人员申请。",
        "No running unemployment registration; with one, the category is the laid-off.",
    ),
    clause="N二(二)4(2)",
    speaks_for=FIRST_DAY,
    registry="employment",
    asks_person=("employment",),
    test=unemployed.not_registered_unemployed,
    says={
        "pass": Text("至{when}没有失业登记。", "Not registered as unemployed on {when}."),
        "fail": Text(
            "{since}办理了失业登记，至{when}仍有效，应按“下岗失业人员”申请。",
            "Registered as unemployed since {since}, still so on {when}: the right category is “laid-off and "
            "unemployed people”.",
        ),
    },
    advice=Text(
        "请改按“下岗失业人员”申请（须有求职登记）。",
        "Please apply as “laid-off and unemployed” (job-seeking registration needed).",
    ),
    instead=("laid_off_unemployed",),
)

RETIREMENT_AGE = Check(
    code="retirement_age_reached",
    label=Text("已到退休年龄", "Retirement age reached"),
    asks=Text(
        "开班日已达到法定退休年龄（以当日的法律为准）。",
        "The statutory retirement age is reached on the first day, by that day's law.",
    ),
    clause="N二(二)4(3)",
    speaks_for=FIRST_DAY,
    undated=True,
    registry="social_security",
    asks_person=("social_security",),
    test=identity.retirement_age_reached,
    says={
        "pass": Text(
            "{birth}出生，{retires}已达到法定退休年龄。",
            "Born {birth}: reached the statutory retirement age on {retires}.",
        ),
        "fail": Text(
            "{birth}出生，{retires}才达到法定退休年龄，至{when}未到。",
            "Born {birth}: reaches the retirement age on {retires} only, after {when}.",
        ),
        "between": WORKING_AGE.says["between"],
        "no_birth": WORKING_AGE.says["no_birth"],
    },
    advice=Text(
        "未到退休年龄的，请按就业重点群体的类别申请；岗位性质不明的请核实档案。",
        "Below retirement age see the key groups; have an unclear kind of post verified.",
    ),
    instead=("laid_off_unemployed", "rural_transfer"),
)

CONTRIBUTED = Check(
    code="pension_contributed",
    label=Text("缴纳过职工养老保险", "Has paid pension insurance"),
    asks=Text("缴纳过城镇职工基本养老保险。", "Has paid urban-employee basic pension insurance."),
    clause="N二(二)4(3)",
    speaks_for=FIRST_DAY,
    registry="social_security",
    asks_person=("social_security",),
    test=pension.pension_contributed,
    says={
        "pass": Text(
            "社保系统登记已缴纳城镇职工基本养老保险{months}个月。",
            "Urban-employee pension insurance was paid for {months} months.",
        ),
        "fail": Text(
            "社保系统没有缴纳城镇职工基本养老保险的记录。",
            "No payment of urban-employee pension insurance is on record.",
        ),
    },
    advice=Text("请到社保经办机构核对缴费记录。", "Check the payments with the social security office."),
)

NOT_DRAWING = Check(
    code="pension_not_drawing",
    label=Text("未领取养老金", "Not drawing a pension"),
    asks=Text("没有按月领取城镇职工基本养老金。", "The monthly urban-employee pension is not drawn."),
    clause="N二(二)4(3)",
    speaks_for=FIRST_DAY,
    registry="social_security",
    asks_person=("social_security",),
    test=pension.pension_not_drawing,
    says={
        "pass": Text("至{when}没有领取城镇职工基本养老金。", "No urban-employee pension is drawn on {when}."),
        "fail": Text("{since}起已按月领取城镇职工基本养老金。", "The urban-employee pension is drawn since {since}."),
    },
    advice=Text("已领取养老金的人员不属于补贴对象。", "Whoever draws the pension is not trained at public cost."),
)

PRISONS = Text("司法行政部门或监狱", "the justice department or the prison")
REHAB = Text("司法行政或公安机关戒毒机构", "the rehabilitation institution of the justice or police department")

IN_CUSTODY = (ID_VALID, OF_AGE, ALIVE_IN_CUSTODY)

CATEGORIES = (
    Category(
        "graduate_this_year",
        Text("毕业年度高校毕业生", "University graduates of the year"),
        "N二(二)4(1)",
        "others",
        NOTICE,
        (*COMMON, THIS_YEAR.under("N二(二)4(1)"), *unemployed_under("N二(二)4(1)")),
    ),
    Category(
        "graduate_two_years",
        Text(
            "毕业两年内未就业且未登记失业高校毕业生",
            "University graduates of the last two years, neither employed nor registered as unemployed",
        ),
        "N二(二)4(2)",
        "others",
        NOTICE,
        (
            *COMMON,
            WITHIN_YEARS.under("N二(二)4(2)"),
            *unemployed_under("N二(二)4(2)"),
            NOT_REGISTERED.under("N二(二)4(2)"),
        ),
    ),
    Category(
        "pension_not_drawn",
        Text(
            "未按月领取城镇职工基本养老金的人员", "People of retirement age who do not draw the urban-employee pension"
        ),
        "N二(二)4(3)",
        "others",
        NOTICE,
        (
            ID_VALID,
            ALIVE,
            RETIREMENT_AGE.under("N二(二)4(3)"),
            CONTRIBUTED.under("N二(二)4(3)"),
            NOT_DRAWING.under("N二(二)4(3)"),
        ),
    ),
    Category(
        "inmate",
        Text("服刑人员", "People serving a sentence"),
        "N二(二)4(4)",
        "others",
        NOTICE,
        (*IN_CUSTODY, identity_assisted("N二(二)4(4)", PRISONS, Text("服刑人员", "a person serving a sentence"))),
    ),
    Category(
        "rehab",
        Text("强制隔离戒毒人员", "People in compulsory rehabilitation"),
        "N二(二)4(5)",
        "others",
        NOTICE,
        (
            *IN_CUSTODY,
            identity_assisted("N二(二)4(5)", REHAB, Text("强制隔离戒毒人员", "a person in compulsory rehabilitation")),
        ),
    ),
)
