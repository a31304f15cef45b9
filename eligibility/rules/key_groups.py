"""二(二)1 就业重点群体: five categories."""

from eligibility.engine.checks import graduates, rural, unemployed
from eligibility.engine.model import FIRST_DAY, Category, Check
from eligibility.engine.text import Text
from eligibility.rules.common import (
    ALIVE,
    COMMON,
    ID_VALID,
    NO_PENSION,
    NOTICE,
    OF_AGE_WITH_CONSENT,
    WORKING_AGE,
    identity_assisted,
    paper,
)
from eligibility.rules.out_of_work import unemployed_under

TOWN_MONTHS = 6

JOB_SEEKING = Check(
    code="job_seeking_registered",
    label=Text("求职登记", "Registered as job-seeking"),
    asks=Text("就业系统有正在生效的求职登记。", "A running job-seeking registration."),
    clause="N二(二)1(1)",
    speaks_for=FIRST_DAY,
    registry="employment",
    asks_person=("employment",),
    test=unemployed.job_seeking_registered,
    says={
        "pass": Text(
            "{since}办理了求职登记，至{when}有效。", "Registered as job-seeking on {since}, still so on {when}."
        ),
        "fail": Text("至{when}没有求职登记。", "No job-seeking registration on {when}."),
        "ended": Text(
            "求职登记已于{ended}注销，至{when}没有生效的求职登记。",
            "The job-seeking registration ended on {ended}; none runs on {when}.",
        ),
    },
    advice=Text(
        "请先到就业服务中心办理求职登记。", "Please register as job-seeking with the employment service first."
    ),
    instead=("graduate_this_year", "graduate_two_years", "rural_transfer", "school_leaver"),
)

RURAL_RESIDENCE = Check(
    code="rural_residence",
    label=Text("农村牧区劳动力", "Rural or pastoral labourer"),
    asks=Text("就业系统登记的户籍为农村牧区。", "The household on record is rural or pastoral."),
    clause="N二(二)1(2)",
    speaks_for=FIRST_DAY,
    undated=True,
    registry="employment",
    asks_person=("employment",),
    test=rural.rural_residence,
    says={
        "pass": Text("就业系统登记为农村牧区户籍。", "The employment system has a rural household on record."),
        "fail": Text(
            "就业系统登记为城镇户籍，不属于农村牧区劳动力。", "The employment system has an urban household on record."
        ),
        "unknown": Text(
            "就业系统没有登记户籍性质，须核实。", "The kind of household is not on record; it has to be verified."
        ),
        "contradiction": Text(
            "就业系统同时登记了农村和城镇户籍，须核实。",
            "Both a rural and an urban household are on record; it has to be verified.",
        ),
    },
    advice=Text(
        "请核对户口簿，由就业服务中心补登户籍性质。",
        "Have the household entered by the employment service from the household register.",
    ),
    department=Text("苏木乡镇（街道）", "the township"),
    instead=("laid_off_unemployed",),
)

TRANSFER_WAY = Check(
    code="transfer_way",
    label=Text("转移就业情形", "Way of the rural transfer"),
    asks=Text(
        "三者之一：转移前已登记劳动力资源、有转移和培训愿望；转移后失业并在原登记机构作了返乡登记；"
        "城镇常住满{months}个月并在居住地作了失业登记。",
        "One of three: registered as labour resource with the wish to transfer and to be trained; out of work "
        "after a transfer with a return "
        "registered at the same agency; {months} months in a town and registered there as unemployed.",
    ),
    clause="N二(二)1(2)",
    speaks_for=FIRST_DAY,
    registry="employment",
    asks_person=("employment",),
    test=rural.transfer_way,
    limits={"months": TOWN_MONTHS},
    says={
        rural.NOT_YET: Text(
            "转移就业前：{since}登记了劳动力资源，有转移就业愿望和培训愿望。",
            "Not yet transferred: labour resource registered on {since}, with the wish to transfer and to be trained.",
        ),
        rural.RETURNED: Text(
            "转移就业后失业：{since}已在原登记机构办理返乡登记。",
            "Transferred before and out of work: return registered at the same agency on {since}.",
        ),
        rural.IN_TOWN: Text(
            "{since}起在城镇常住，满{months}个月，并在居住地办理了失业登记。",
            "Living in a town since {since}, {months} months or more, and registered there as unemployed.",
        ),
        "working": Text(
            "{since}起的转移就业登记至{when}仍在生效，不属于转移前或失业返乡。",
            "The transfer registered on {since} still runs on {when}: neither before a transfer nor back from one.",
        ),
        "fail": Text(
            "至{when}没有劳动力资源和培训愿望登记、没有转移结束后的返乡登记，也没有城镇常住满{months}个月的居住地失业登记。",
            "On {when} none of the three is on record: wishes as labour resource, return after a transfer, "
            "unemployment where one has lived {months} months.",
        ),
    },
    advice=Text(
        "按本人情形到就业服务机构补办：劳动力资源和培训愿望登记、原登记机构的返乡登记，或居住地失业登记。",
        "Register as fits: labour resource with both wishes, return at the agency that registered the transfer, "
        "or unemployment where you live.",
    ),
    instead=("laid_off_unemployed",),
)

NOT_CONTINUED = Check(
    code="not_continued",
    label=Text("未继续升学", "Not in further schooling"),
    asks=Text(
        "至开班日，学信网没有高等教育毕业记录。", "No degree of higher education is on record up to the first day."
    ),
    clause="N二(二)1(3)",
    speaks_for=FIRST_DAY,
    registry="graduates",
    asks_person=("graduates",),
    test=graduates.not_continued,
    says={
        "pass": Text("学信网至{when}没有高等教育毕业记录。", "No degree of higher education is on record on {when}."),
        "fail": Text(
            "学信网登记{graduated}高校毕业（{level}），不属于未继续升学的毕业生。",
            "A degree ({level}) of {graduated} is on record: schooling was continued.",
        ),
    },
    advice=Text(
        "高校毕业生请按高校毕业生类别申请；登记有误的，在学信网更正。",
        "Graduates apply under the categories of graduates; have a wrong entry corrected with the registry.",
    ),
    instead=("graduate_this_year", "graduate_two_years"),
)

CIVIL_AFFAIRS = Text(
    "民政部门（城市低保）或苏木乡镇（农村学员）",
    "the civil affairs department (low income) or the township (rural students)",
)
VETERANS = Text("退役军人事务部门", "the veterans' affairs department")
DISABLED = Text("残联", "the disabled persons' federation")

CATEGORIES = (
    Category(
        "laid_off_unemployed",
        Text("下岗失业人员", "Laid-off and unemployed people"),
        "N二(二)1(1)",
        "key_groups",
        NOTICE,
        (*COMMON, JOB_SEEKING.under("N二(二)1(1)"), *unemployed_under("N二(二)1(1)")),
    ),
    Category(
        "rural_transfer",
        Text("农村牧区转移就业劳动者", "Rural and pastoral workers in transfer"),
        "N二(二)1(2)",
        "key_groups",
        NOTICE,
        (
            ID_VALID,
            NO_PENSION,
            ALIVE,
            RURAL_RESIDENCE.under("N二(二)1(2)"),
            WORKING_AGE.under("N二(二)1(2)"),
            TRANSFER_WAY.under("N二(二)1(2)"),
        ),
    ),
    Category(
        "school_leaver",
        Text("城乡未继续升学的初高中毕业生", "School leavers not in further schooling"),
        "N二(二)1(3)",
        "key_groups",
        NOTICE,
        (
            ID_VALID,
            OF_AGE_WITH_CONSENT,
            NO_PENSION,
            ALIVE,
            paper(
                "diploma_or_promise",
                Text("毕业证书或承诺书", "Diploma or promise"),
                "N二(二)1(3)",
                ("diploma", "promise"),
                Text("附初高中毕业证书，或本人签名的承诺书。", "A secondary diploma or a signed promise is attached."),
            ),
            identity_assisted(
                "N二(二)1(3)",
                CIVIL_AFFAIRS,
                Text("城市低保家庭学员或农村学员", "a low-income or rural student"),
                ("rural_student", "urban_low_income"),
            ),
            *unemployed_under("N二(二)1(3)"),
            NOT_CONTINUED,
        ),
        columns=("marks",),
    ),
    Category(
        "veteran",
        Text("退役军人", "Veterans"),
        "N二(二)1(4)",
        "key_groups",
        NOTICE,
        (
            *COMMON,
            identity_assisted("N二(二)1(4)", VETERANS, Text("退役军人", "a veteran")),
            *unemployed_under("N二(二)1(4)"),
        ),
    ),
    Category(
        "disabled",
        Text("残疾人", "Disabled people"),
        "N二(二)1(5)",
        "key_groups",
        NOTICE,
        (
            *COMMON,
            identity_assisted("N二(二)1(5)", DISABLED, Text("残疾人", "a disabled person")),
            *unemployed_under("N二(二)1(5)"),
        ),
    ),
)
