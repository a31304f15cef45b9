"""Lines that several categories share, and the words for papers, marks, columns and sub-groups. Source:
内人社办发〔2020〕95号 二(二).
"""

from datetime import date

from eligibility.engine.checks import identity, papers, people, unemployed
from eligibility.engine.model import Check
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

_AS_EMPLOYEE = ("emp_new_other", "emp_upskill")

ID_VALID = Check(
    code="id_valid",
    label=Text("身份证号码与姓名", "Citizen number and name"),
    asks=Text(
        "18位号码校验位正确、出生日期真实，就业系统有登记的，姓名一致。",
        "18 digits with a right check digit and a real date of birth; the name agrees with the employment "
        "system where it knows the person.",
    ),
    clause="N二(二)",
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

NOT_IN_UNIT_EMPLOYMENT = Check(
    code="not_in_unit_employment",
    label=Text("没有单位就业登记", "Not registered as employed"),
    asks=Text("就业系统没有正在生效的单位就业登记。", "No running registration of employment with a unit."),
    clause="N二(二)1(1)",
    registry="employment",
    asks_person=("employment",),
    test=unemployed.not_in_unit_employment,
    says={
        "pass": Text("就业系统{day}没有单位就业登记。", "The employment system has no running employment on {day}."),
        "fail": Text(
            "{since}起在单位（{uscc}）办理了就业登记，至{when}仍有效，不属于未就业。",
            "Registered as employed by {uscc} since {since}, still so on {when}: not out of work.",
        ),
    },
    advice=Text(
        "已离职的，请原单位办理就业登记注销后再比对；在职的，由用工企业按企业职工类别申请。",
        "If the job has ended, have the former employer cancel the registration; if not, the employer may apply "
        "for employees.",
    ),
    instead=_AS_EMPLOYEE,
)

NOT_IN_BUSINESS = Check(
    code="not_in_business",
    label=Text("没有经商办企业", "Not in business"),
    asks=Text(
        "不是存续企业的法定代表人，没有存续的个体工商户；只是股东或高管的，由人工核实。",
        "No running post as legal representative or individual operator; a share or executive post alone is "
        "verified by people.",
    ),
    clause="N二(二)1(1)",
    registry="business",
    asks_person=("business",),
    test=unemployed.not_in_business,
    says={
        "pass": Text(
            "工商系统{day}没有任法定代表人或经营个体工商户的记录。",
            "The business registry shows no post in charge on {day}.",
        ),
        "legal_representative": Text(
            "{since}起任企业（{uscc}）法定代表人，至{when}仍在任，不属于未就业。",
            "Legal representative of {uscc} since {since}, still so on {when}: not out of work.",
        ),
        "individual_operator": Text(
            "{since}起经营个体工商户（{uscc}），至{when}仍在经营，不属于未就业。",
            "Runs an individual business ({uscc}) since {since}, still so on {when}: not out of work.",
        ),
        "share_only": Text(
            "{since}起登记为企业（{uscc}）股东或高管，是否实际就业须核实。",
            "Shareholder or executive of {uscc} since {since}; whether this is work has to be verified.",
        ),
        "confirmed": Text(
            "经核实，只登记为股东或高管，没有实际就业。",
            "Verified: a shareholder or executive on paper only, not at work.",
        ),
        "refuted": Text(
            "经核实，在所登记的企业实际就业，不属于未就业。", "Verified: at work in the enterprise; not out of work."
        ),
    },
    advice=Text(
        "企业已不经营的，请办理注销或变更登记；只是股东或高管的，请提供未实际任职的说明供核实。",
        "Deregister or change the entry of a business that has ended; a mere shareholder states that there is "
        "no actual post.",
    ),
)

NOT_INSURED = Check(
    code="not_insured_as_employee",
    label=Text("没有企业职工参保", "Not insured as an employee"),
    asks=Text("社保系统没有正在参保的企业职工社会保险。", "No running employee insurance."),
    clause="N二(二)1(1)",
    registry="social_security",
    asks_person=("social_security",),
    test=unemployed.not_insured_as_employee,
    says={
        "pass": Text(
            "社保系统{day}没有企业职工参保记录。",
            "The social security system has no running employee insurance on {day}.",
        ),
        "fail": Text(
            "{since}起有企业职工参保登记（{uscc}），至{when}仍在参保，不属于未就业。",
            "Insured as an employee ({uscc}) since {since}, still so on {when}: not out of work.",
        ),
    },
    advice=Text(
        "已离职的，请原单位办理社保减员后再比对；在职的，由用工企业按企业职工类别申请。",
        "If the job has ended, have the former employer end the insurance; if not, the employer may apply for "
        "employees.",
    ),
    instead=_AS_EMPLOYEE,
)

NO_CONTRACT = Check(
    code="no_labour_contract",
    label=Text("没有劳动合同", "No labour contract"),
    asks=Text("没有在履行的劳动合同或劳务派遣。", "No running labour contract or dispatch."),
    clause="N二(二)1(1)",
    registry="labour_contract",
    asks_person=("labour_contract",),
    test=unemployed.no_labour_contract,
    says={
        "pass": Text("劳动用工备案{day}没有在履行的劳动合同。", "No running labour contract is on file on {day}."),
        "contract": Text(
            "{since}起与单位（{uscc}）的劳动合同至{when}仍在履行，不属于未就业。",
            "A labour contract with {uscc} since {since} still runs on {when}: not out of work.",
        ),
        "dispatch": Text(
            "{since}起被派遣到单位（{uscc}），至{when}仍在派遣期内，不属于未就业。",
            "Dispatched to {uscc} since {since}, still so on {when}: not out of work.",
        ),
    },
    advice=Text(
        "合同已解除的，请原单位办理用工备案终止；在职的，由用工企业按企业职工类别申请。",
        "If the contract has ended, have the employer end its filing; if not, the employer may apply for employees.",
    ),
    instead=_AS_EMPLOYEE,
)


def unemployed_under(clause: str) -> tuple[Check, ...]:
    """`unemployed` 未就业状态: the four comparisons, as asked by this clause."""
    return tuple(check.under(clause) for check in (NOT_IN_UNIT_EMPLOYMENT, NOT_IN_BUSINESS, NOT_INSURED, NO_CONTRACT))


def identity_assisted(clause: str, department: Text, who: Text, only_marked: tuple[str, ...] = ()) -> Check:
    """`identity_assisted`: a department must say that the person is `who`."""
    return Check(
        code="identity_assisted",
        label=Text(f"身份核实（{who.zh}）", f"Identity verified ({who.en})"),
        asks=Text(f"由{department.zh}协查确认是{who.zh}。", f"Confirmed as {who.en} by {department.en}."),
        clause=clause,
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


def paper(code: str, label: Text, clause: str, any_of: tuple[str, ...], asks: Text) -> Check:
    """A paper that must be attached and valid: one of `any_of`."""
    names = Text("或".join(DOCUMENTS[d].zh for d in any_of), " or ".join(DOCUMENTS[d].en for d in any_of))
    return Check(
        code=code,
        label=label,
        asks=asks,
        clause=clause,
        test=papers.attached,
        limits={"any_of": any_of},
        documents=any_of,
        says={
            "pass": Text(f"已附{names.zh}，至{{when}}有效。", f"Attached and valid on {{when}}: {names.en}."),
            "fail": Text(
                f"所附{names.zh}有效期到{{until}}为止，至{{when}}已失效。",
                f"The attached {names.en} was valid until {{until}}, no longer on {{when}}.",
            ),
            "unknown": Text(f"还没有附上{names.zh}。", f"Not yet attached: {names.en}."),
        },
        advice=Text(f"请上传有效的{names.zh}。", f"Please attach a valid {names.en}."),
    )
