"""Lines that several categories share, and the words for papers, marks, columns and sub-groups. Source:
内人社办发〔2020〕95号 二(二).
"""

from datetime import date

from eligibility.engine.checks import identity, life, papers, pension, people
from eligibility.engine.model import FIRST_DAY, THROUGH_CLASS, Check
from eligibility.engine.text import Text

NOTICE = date(2020, 7, 1)
MINIMUM_AGE = 16

DOCUMENTS = {
    "diploma": Text("初中或高中毕业证书", "junior or senior secondary diploma"),
    "promise": Text("承诺书（未继续升学）", "signed promise (not in further schooling)"),
    "safety_licence": Text("安全许可证书", "safety licence"),
    "apprentice_roster": Text("企业新型学徒制培训花名册", "roster of the apprenticeship scheme"),
    "transfer_proof": Text("转岗证明", "proof of the change of post"),
    "training_plan": Text("培训计划和实施方案", "the employer's training plan"),
    "employer": Text("用工企业的统一社会信用代码", "the employer's unified social credit code"),
    "guardian_consent": Text("监护人同意书", "the guardian's consent"),
    "id_card": Text("居民身份证", "citizen identity card"),
    "occupation": Text("职业（工种）及其评价方式", "the occupation and how it is assessed"),
    "level": Text("培训等级", "the level trained for"),
}
MARKS = {
    "rural_student": Text("农村学员", "rural student"),
    "urban_low_income": Text("城市低保家庭学员", "student from an urban low-income family"),
}
COLUMNS = {
    "marks": Text("两后生标记", "mark of the school leaver"),
    "employer_uscc": Text("用工企业统一社会信用代码", "employer's unified social credit code"),
}
SUBGROUPS = {
    "registered_unemployed": Text("城镇登记失业人员", "registered urban unemployed"),
    "hardship": Text("就业困难人员", "people with difficulty in finding work"),
    "zero_employment_family": Text("零就业家庭成员", "members of families without anyone in work"),
    "capacity_reduction": Text("去产能失业人员", "laid off in capacity reduction"),
    "not_yet_transferred": Text("转移就业前", "not yet transferred"),
    "returned_home": Text("失业返乡", "out of work and back home"),
    "living_in_town": Text("城镇常住", "living in a town"),
}

ID_VALID = Check(
    code="id_valid",
    label=Text("身份证号码与姓名", "Citizen number and name"),
    asks=Text(
        "18位号码校验位正确、出生日期真实，就业系统有登记的，姓名一致。",
        "18 digits with a right check digit and a real date of birth; the name agrees with the employment "
        "system where it knows the person.",
    ),
    clause="N二(二)",
    speaks_for=FIRST_DAY,
    registry="employment",
    asks_person=("employment",),
    test=identity.id_valid,
    says={
        "known": Text(
            "身份证号码正确，姓名与就业系统登记一致。",
            "The number is right and the name agrees with the employment system.",
        ),
        "number_only": Text(
            "身份证号码正确；就业系统没有登记姓名，凭号码认定。",
            "The number is right; the employment system has no name for it.",
        ),
        "length": Text("身份证号码不是18位公民身份号码。", "This is not an 18-digit citizen number."),
        "check_digit": Text(
            "身份证号码校验位不对，号码有误。", "The check digit is wrong: there is a mistake in the number."
        ),
        "birth_date": Text("身份证号码中的出生日期不存在。", "The date of birth in the number does not exist."),
        "future": Text("身份证号码中的出生日期晚于{day}。", "The date of birth in the number is later than {day}."),
        "too_old": Text(
            "身份证号码中的出生日期距{day}已超过120年。",
            "The date of birth in the number is more than 120 years before {day}.",
        ),
        "name": Text(
            "该号码在就业系统登记的姓名是“{known}”，与填报的“{given}”不一致。",
            "The employment system knows this number as “{known}”, not “{given}”.",
        ),
        "no_name": Text(
            "没有填写姓名，无法与就业系统核对。", "No name was given to compare with the employment system."
        ),
        "two_names": Text(
            "同一号码有不同姓名：{names}；须核实后再认定。",
            "One number goes by different names: {names}; this has to be settled first.",
        ),
        "after_death": Text(
            "人口信息登记{died}死亡，但{source}有{begun}起的记录，互相矛盾，须核实。",
            "A death on {died} is on record, yet {source} has something that began on {begun}; this has to be settled.",
        ),
        "confirmed": Text("经核实，号码和姓名属于本人。", "Verified: number and name are this person's."),
        "refuted": Text("经核实，号码和姓名不属于本人。", "Verified: number and name are not this person's."),
    },
    advice=Text(
        "请对照身份证更正姓名和号码；登记有误的，到就业服务中心或公安机关更正后再报。",
        "Correct name and number from the identity card; have a wrong registration corrected by the employment "
        "service or the police.",
    ),
)

WORKING_AGE = Check(
    code="working_age",
    label=Text("法定劳动年龄", "Working age"),
    asks=Text(
        "年满{minimum}周岁，未达到法定退休年龄。",
        "At least {minimum} years old and below the statutory retirement age.",
    ),
    clause="N二(二)1(2)",
    speaks_for=FIRST_DAY,
    undated=True,
    asks_person=("social_security",),
    test=identity.working_age,
    limits={"minimum": MINIMUM_AGE},
    says={
        "pass": Text(
            "{birth}出生，至{when}{age}周岁，在法定劳动年龄内（{retires}到退休年龄）。",
            "Born {birth}, {age} years old on {when}: of working age (retirement age on {retires}).",
        ),
        "young": Text(
            "{birth}出生，至{when}只有{age}周岁，未满{minimum}周岁。",
            "Born {birth}: only {age} on {when}, under {minimum}.",
        ),
        "old": Text(
            "{birth}出生，{retires}已达到法定退休年龄，至{when}超出劳动年龄。",
            "Born {birth}: reached the statutory retirement age on {retires}, before or on {when}.",
        ),
        "between": Text(
            "{birth}出生的女职工，工人岗位{first}退休、管理岗位{last}退休，社保系统没有明确岗位，须核实。",
            "A woman born {birth} retires on {first} from a worker's post, on {last} from a management post; "
            "her kind of post is not known.",
        ),
        "no_birth": Text("号码有误，出生日期不能确定。", "The number is wrong, so the date of birth is not known."),
        "confirmed": Text("经核实，在法定劳动年龄内。", "Verified: of working age."),
        "refuted": Text("经核实，已超出法定劳动年龄。", "Verified: past working age."),
    },
    advice=Text(
        "岗位性质不明的请人社部门核实档案；超过退休年龄的不能按本类别参训。",
        "Have the kind of post verified from the personnel file; above retirement age this category does not apply.",
    ),
    instead=("pension_not_drawn",),
)

MINIMUM_AGE_ONLY = Check(
    code="minimum_age",
    label=Text("年满{minimum}周岁", "At least {minimum} years old"),
    asks=Text("年满{minimum}周岁，不设上限。", "At least {minimum} years old, no upper bound."),
    clause="N二(二)2",
    speaks_for=FIRST_DAY,
    test=identity.minimum_age,
    limits={"minimum": MINIMUM_AGE},
    says={
        "pass": Text("{birth}出生，至{when}{age}周岁，已满{minimum}周岁。", "Born {birth}, {age} years old on {when}."),
        "fail": Text(
            "{birth}出生，至{when}只有{age}周岁，未满{minimum}周岁。",
            "Born {birth}: only {age} on {when}, under {minimum}.",
        ),
        "no_birth": WORKING_AGE.says["no_birth"],
    },
    advice=Text("满{minimum}周岁后再报名。", "Apply again at the age of {minimum}."),
)

OF_AGE = Check(
    code="of_age",
    label=Text("开班时年满{minimum}周岁", "At least {minimum} on the first day"),
    asks=Text(
        "开班日年满{minimum}周岁，按号码所写的出生日期。",
        "At least {minimum} years old on the first day, by the date of birth in the number.",
    ),
    clause="N二(二)",
    speaks_for=FIRST_DAY,
    test=identity.of_age,
    limits={"minimum": MINIMUM_AGE, "fails": True},
    says={
        "pass": MINIMUM_AGE_ONLY.says["pass"],
        "fail": MINIMUM_AGE_ONLY.says["fail"],
        "unknown": Text(
            "{birth}出生，至{when}只有{age}周岁，未满{minimum}周岁，须监护人同意，由审核人员核实。",
            "Born {birth}: only {age} on {when}, under {minimum}; the guardian's consent has to be seen.",
        ),
        "no_birth": Text(
            "号码没有写出可读的出生日期，由“身份证号码与姓名”一项处理。",
            "The number has no date of birth that can be read; the line on the number deals with it.",
        ),
        "confirmed": Text("{birth}出生，已核实监护人同意参训。", "Born {birth}; the guardian's consent was seen."),
        "refuted": Text("{birth}出生，没有监护人同意。", "Born {birth}; there is no consent of a guardian."),
    },
    advice=MINIMUM_AGE_ONLY.advice,
)

OF_AGE_WITH_CONSENT = OF_AGE.under(
    "N二(二)",
    asks=Text(
        "开班日年满{minimum}周岁，按号码所写的出生日期；不满的须附监护人同意书，由审核人员核实。",
        "At least {minimum} years old on the first day, by the date of birth in the number; a younger person needs the "
        "guardian's consent, seen by the officer.",
    ),
    limits={"minimum": MINIMUM_AGE, "fails": False},
    may_attach=("guardian_consent",),
    advice=Text(
        "请附监护人同意书，由审核人员核实；或满{minimum}周岁后再报名。",
        "Attach the guardian's consent for the officer to see, or apply again at the age of {minimum}.",
    ),
)

NO_PENSION = Check(
    code="no_employee_pension",
    label=Text("未领取职工养老金", "Draws no employee pension"),
    asks=Text("开班日没有按月领取城镇职工基本养老金。", "No urban-employee basic pension is drawn on the first day."),
    clause="N二(二)",
    speaks_for=FIRST_DAY,
    registry="social_security",
    asks_person=("social_security",),
    test=pension.no_employee_pension,
    limits={"fails": True},
    says={
        "pass": Text("至{when}没有领取城镇职工基本养老金。", "No urban-employee pension is drawn on {when}."),
        "fail": Text(
            "{since}起已按月领取城镇职工基本养老金，至{when}属于退休人员。",
            "The urban-employee pension is drawn since {since}: retired on {when}.",
        ),
        "unknown": Text(
            "{since}起已按月领取城镇职工基本养老金，是否仍在岗须核实。",
            "The urban-employee pension is drawn since {since}; whether this is a worker has to be verified.",
        ),
        "confirmed": Text(
            "经核实，领取养老金不影响参训资格。", "Verified: the pension does not stand against the training."
        ),
        "refuted": Text("经核实，已退休领取养老金。", "Verified: retired and drawing the pension."),
    },
    advice=Text(
        "领取职工养老金的人员不属于补贴对象；登记有误的，请到社保经办机构更正。",
        "Whoever draws the employee pension is not trained at public cost; have a wrong entry corrected by the social "
        "security office.",
    ),
)

NO_PENSION_OR_VERIFIED = NO_PENSION.under(
    "N二(二)",
    asks=Text(
        "开班日没有按月领取城镇职工基本养老金；已领取的由人工核实。",
        "No urban-employee basic pension is drawn on the first day; one that is drawn is verified by people.",
    ),
    limits={"fails": False},
)

ALIVE = Check(
    code="alive",
    label=Text("生存状况", "Alive"),
    asks=Text(
        "至结业日没有死亡登记，班期内没有服刑；有的由审核人员核实或剔除。",
        "No death on record up to the last day and no prison term within the class; either is settled by the officer.",
    ),
    clause="N二(二)",
    speaks_for=THROUGH_CLASS,
    registry="population",
    asks_person=("population",),
    test=life.alive,
    limits={"prison": True},
    says={
        "pass": Text(
            "人口信息系统至结业日（{last}）没有死亡登记，班期内没有服刑登记。",
            "Neither a death up to the last day ({last}) nor a prison term within the class is on record.",
        ),
        "died": Text(
            "人口信息系统登记{died}死亡，须核实；未核实前不能审批和拨付。",
            "A death on {died} is on record; until it is settled no money is approved or paid.",
        ),
        "prison": Text(
            "人口信息系统登记{since}起服刑，与班期（{day}至{last}）重叠，须核实；未核实前不能审批和拨付。",
            "A prison term since {since} overlaps the class ({day} to {last}); until it is settled no money is approved"
            " or paid.",
        ),
        "confirmed": Text("经核实，登记有误，本人参加了培训。", "Verified: the entry is wrong, the person took part."),
        "refuted": Text("经核实，登记属实。", "Verified: the entry is right."),
    },
    advice=Text(
        "登记有误的，请凭公安机关等的证明核实；属实的，剔除此人。",
        "Settle a wrong entry on the police's proof; strike the person out where it is right.",
    ),
)

ALIVE_IN_CUSTODY = ALIVE.under(
    "N二(二)",
    asks=Text(
        "至结业日没有死亡登记；有的由审核人员核实或剔除。",
        "No death on record up to the last day; one is settled by the officer.",
    ),
    limits={"prison": False},
    says={
        **ALIVE.says,
        "pass": Text(
            "人口信息系统至结业日（{last}）没有死亡登记。", "No death up to the last day ({last}) is on record."
        ),
    },
)

# Asked of everybody whose category has no line of its own about it: age, pension, life.
COMMON = (ID_VALID, OF_AGE, NO_PENSION, ALIVE)


def identity_assisted(clause: str, department: Text, who: Text, only_marked: tuple[str, ...] = ()) -> Check:
    """`identity_assisted`: a department must say that the person is `who`."""
    return Check(
        code="identity_assisted",
        label=Text(f"身份核实（{who.zh}）", f"Identity verified ({who.en})"),
        asks=Text(f"由{department.zh}协查确认是{who.zh}。", f"Confirmed as {who.en} by {department.en}."),
        clause=clause,
        speaks_for=FIRST_DAY,
        test=people.assisted,
        says={
            "open": Text(
                f"是否为{who.zh}，须由{department.zh}协查，尚未答复。",
                f"Whether this is {who.en} is for {department.en} to say; not yet answered.",
            ),
            "confirmed": Text(f"{department.zh}已协查确认是{who.zh}。", f"Confirmed as {who.en} by {department.en}."),
            "refuted": Text(
                f"{department.zh}协查答复：不是{who.zh}。", f"According to {department.en} this is not {who.en}."
            ),
        },
        advice=Text(
            f"由审核人员向{department.zh}发出协查；可先附上证件复印件。",
            f"The officer asks {department.en}; a copy of the certificate may be attached.",
        ),
        assisted=True,
        department=department,
        only_marked=only_marked,
        instead=("laid_off_unemployed", "rural_transfer"),
    )


def paper(
    code: str, label: Text, clause: str, any_of: tuple[str, ...], asks: Text, *, once_a_class: bool = False
) -> Check:
    """A paper that must be attached and valid through the class: one of `any_of`."""
    names = Text("或".join(DOCUMENTS[d].zh for d in any_of), " or ".join(DOCUMENTS[d].en for d in any_of))
    return Check(
        code=code,
        label=label,
        asks=asks,
        clause=clause,
        speaks_for=THROUGH_CLASS,
        test=papers.attached,
        limits={"any_of": any_of},
        documents=any_of,
        once_a_class=once_a_class,
        says={
            "pass": Text(
                f"已附{names.zh}，有效期至{{until}}，覆盖班期（{{day}}至{{last}}）。",
                f"Attached and valid until {{until}}, through the class ({{day}} to {{last}}): {names.en}.",
            ),
            "no_end": Text(f"已附{names.zh}。", f"Attached: {names.en}."),
            "fail": Text(
                f"所附{names.zh}有效期到{{until}}为止，至{{when}}已失效。",
                f"The attached {names.en} was valid until {{until}}, no longer on {{when}}.",
            ),
            "ending": Text(
                f"所附{names.zh}有效期到{{until}}为止，在班期内（{{day}}至{{last}}）失效，须核实换证情况。",
                f"The attached {names.en} is valid until {{until}} only, within the class ({{day}} to {{last}}); the"
                " renewal is asked for.",
            ),
            "incomplete": Text(
                f"所附{names.zh}没有写明发证机关、证号和行业，须补充。",
                f"Issuer, number and trade of the attached {names.en} are not stated.",
            ),
            "unknown": Text(f"还没有附上{names.zh}。", f"Not yet attached: {names.en}."),
            "confirmed": Text(f"经核实，班期内{names.zh}有效。", f"Verified: valid through the class: {names.en}."),
            "refuted": Text(
                f"经核实，班期内没有有效的{names.zh}。", f"Verified: not valid through the class: {names.en}."
            ),
        },
        advice=Text(
            f"请上传班期内有效的{names.zh}；已换证的，由审核人员凭新证核实。",
            f"Please attach a {names.en} valid through the class; the officer settles a renewal on the new one.",
        ),
    )
