"""二(二)3(1)–(3): the lines that turn on the day the labour contract was signed."""

from eligibility.engine.checks import contracts
from eligibility.engine.model import FIRST_DAY, Check
from eligibility.engine.text import Text
from eligibility.rules.key_groups import TOWN_MONTHS

HIRED_WITHIN_YEARS = 1
NEW_GENERATION_BORN = 1980
PERSONNEL = Text("人社部门（就业服务中心）", "the HR department's employment service")
UNSIGNED = Text(
    "没有查到与本企业的劳动合同签订日期，须核实。",
    "The day the contract was signed is not on record; it has to be verified.",
)

WITHIN_ONE_YEAR = Check(
    code="within_one_year_of_contract",
    label=Text("签订合同{years}年内", "Within {years} year of the contract"),
    asks=Text(
        "开班日不早于劳动合同签订日，不晚于签订满{years}年之日；续签不算新录用。",
        "The class begins on or after the signing day, and not later than the same day {years} year on; a "
        "renewal is no new hire.",
    ),
    clause="N二(二)3(2)①",
    speaks_for=FIRST_DAY,
    registry="labour_contract",
    asks_person=("labour_contract",),
    test=contracts.within_one_year_of_contract,
    limits={"years": HIRED_WITHIN_YEARS},
    says={
        "pass": Text(
            "{signed}签订劳动合同，{first}开班，在{years}年内（{limit}止）。",
            "Signed on {signed}; the class begins on {first}, by {limit}.",
        ),
        "fail": Text(
            "{signed}签订劳动合同，{first}开班，已超过{years}年（{limit}止）。",
            "Signed on {signed}; the class begins on {first}, after {limit}.",
        ),
        "later": Text(
            "{signed}才签订劳动合同，晚于开班日{first}。", "Signed only on {signed}, after the class began on {first}."
        ),
        "dispatch": Text(
            "本人为劳务派遣，没有与本企业签订合同的日期，须核实。",
            "A dispatched worker: there is no signing day with this employer.",
        ),
        "unknown": UNSIGNED,
        "confirmed": Text("已核实开班日在合同签订{years}年内。", "Verified: within {years} year of signing."),
        "refuted": Text("经核实，开班日不在合同签订{years}年内。", "Verified: not within {years} year of signing."),
    },
    advice=Text(
        "请核对劳动合同签订日期；超过{years}年的可按岗位技能提升申请。",
        "Check the signing day; after {years} year see skills upgrading.",
    ),
    instead=("emp_upskill",),
)

HARDSHIP = Check(
    code="hardship_or_zero_family",
    label=Text("就业困难或零就业家庭", "Hardship or zero-employment family"),
    asks=Text(
        "签订劳动合同前一日，或开班日，有就业困难人员或零就业家庭认定。",
        "Recognised as in hardship or of a zero-employment family on the day before signing, or on the first day.",
    ),
    clause="N二(二)3(1)②",
    speaks_for=FIRST_DAY,
    registry="employment",
    asks_person=("employment", "labour_contract"),
    test=contracts.hardship_or_zero_family,
    says={
        "now_hardship": Text(
            "{since}起认定为就业困难人员，至{when}有效。",
            "Recognised as in hardship since {since}, still so on {when}.",
        ),
        "now_zero_employment_family": Text(
            "{since}起认定为零就业家庭成员，至{when}有效。",
            "Of a zero-employment family since {since}, still so on {when}.",
        ),
        "then_hardship": Text(
            "{signed}签订合同前已认定为就业困难人员（{since}起）。",
            "In hardship since {since}, before signing on {signed}.",
        ),
        "then_zero_employment_family": Text(
            "{signed}签订合同前已认定为零就业家庭成员（{since}起）。",
            "Of a zero-employment family since {since}, before signing on {signed}.",
        ),
        "fail": Text(
            "{signed}签订合同前一日和{when}都没有生效的就业困难或零就业家庭认定。",
            "No recognition ran on the day before signing ({signed}), nor on {when}.",
        ),
        "none": Text("就业系统没有就业困难人员或零就业家庭认定。", "No such recognition is on record."),
        "unsigned": Text(
            "{since}起的认定至{when}不在有效期，合同签订日期不明，不能确定签订时是否有效。",
            "A recognition from {since} does not run on {when}, and the signing day is not known.",
        ),
        "confirmed": Text("已核实签订合同前认定有效。", "Verified: the recognition held before signing."),
        "refuted": Text("经核实，签订合同前没有生效的认定。", "Verified: no recognition held before signing."),
    },
    advice=Text(
        "请核对认定信息和合同签订日期；不符合的可按其他企业职工类别申请。",
        "Check recognition and signing day; otherwise see the other employee categories.",
    ),
    instead=("emp_new_key_group", "emp_new_other", "emp_upskill"),
)

WAS_KEY_GROUP = Check(
    code="was_key_group",
    label=Text("录用前属于就业重点群体", "Of a key group before hiring"),
    asks=Text(
        "签订劳动合同前一日属于就业重点群体：就业系统有记录的以记录为准，没有的由协查确认。",
        "Of a key group on the day before signing: by the employment system's record, otherwise verified by people.",
    ),
    clause="N二(二)3(2)②",
    speaks_for=FIRST_DAY,
    undated=True,
    registry="employment",
    asks_person=("employment", "labour_contract"),
    test=contracts.was_key_group,
    limits={"months": TOWN_MONTHS, "new_generation": NEW_GENERATION_BORN},
    says={
        "job_seeking": Text(
            "{since}起有求职登记，{day}（签订合同前一日）有效。",
            "Registered as job-seeking since {since}, on {day}, the day before signing.",
        ),
        "unemployment": Text(
            "{since}起有失业登记，{day}（签订合同前一日）有效。",
            "Registered as unemployed since {since}, on {day}, the day before signing.",
        ),
        "hardship": Text(
            "{since}起认定为就业困难人员，{day}（签订合同前一日）有效。",
            "In hardship since {since}, on {day}, the day before signing.",
        ),
        "zero_employment_family": Text(
            "{since}起认定为零就业家庭成员，{day}（签订合同前一日）有效。",
            "Of a zero-employment family since {since}, on {day}.",
        ),
        "rural": Text(
            "{day}（签订合同前一日）属于农村牧区转移就业劳动者。",
            "A rural worker in transfer on {day}, the day before signing.",
        ),
        "new_generation": Text(
            "{day}（签订合同前一日）属于新生代农民工（{born}年以后出生）。",
            "A rural worker in transfer, born in or after {born}, on {day}.",
        ),
        "open": Text(
            "就业系统{day}（签订合同前一日）没有重点群体记录，须协查。",
            "No key group is on record on {day}, the day before signing; to be verified.",
        ),
        "unsigned": UNSIGNED,
        "confirmed": Text("协查确认录用前属于就业重点群体。", "Verified: of a key group before hiring."),
        "refuted": Text("协查答复：录用前不属于就业重点群体。", "Verified: not of a key group before hiring."),
    },
    advice=Text(
        "退役军人、残疾人、两后生等请提供证件，由审核人员发出协查；不属于的按新录用非重点群体申请。",
        "Show the certificate of the group; otherwise apply as other new hires.",
    ),
    assisted=True,
    department=PERSONNEL,
    instead=("emp_new_other", "emp_upskill"),
)
