"""二(二)3 企业职工: nine categories on three common lines (legal person, contract, registered employment)."""

from eligibility.engine.checks import contracts, employer, occupations
from eligibility.engine.model import FIRST_DAY, THROUGH_CLASS, Category, Check
from eligibility.engine.text import Text
from eligibility.rules.common import ALIVE, ID_VALID, NO_PENSION_OR_VERIFIED, NOTICE, OF_AGE, paper
from eligibility.rules.employment_terms import HARDSHIP, WAS_KEY_GROUP, WITHIN_ONE_YEAR
from eligibility.rules.poverty import LABOURER, poverty_record

REGION_PREFIX = "15"
OPEN_LEVELS = (4, 3)

NO_EMPLOYER = Text("没有填写用工企业。", "No employer was named.")

LEGAL_PERSON = Check(
    code="employer_is_legal_person",
    label=Text("区内独立法人企业", "Independent legal person of the region"),
    asks=Text(
        "用工企业在自治区内注册、具有独立法人资格并存续；分公司、办事处、服务点不算。",
        "The employer is an active, independent legal person registered in the region; no branch, office or "
        "service point.",
    ),
    clause="N二(二)3企业",
    speaks_for=FIRST_DAY,
    undated=True,
    registry="business",
    asks_employer=("business",),
    test=employer.employer_is_legal_person,
    limits={"region": REGION_PREFIX},
    says={
        "pass": Text(
            "{name}是区内注册的独立法人企业，存续。",
            "{name} is an active, independent legal person of the region.",
        ),
        "no_employer": NO_EMPLOYER,
        "not_found": Text(
            "工商系统没有查到企业（{uscc}），须核实。",
            "The business registry does not know {uscc}; it has to be verified.",
        ),
        "contradiction": Text(
            "工商系统对{name}的登记前后不一致，须核实。",
            "The business registry contradicts itself about {name}; it has to be verified.",
        ),
        "branch": Text("{name}是分公司，不是独立法人企业。", "{name} is a branch, not an independent legal person."),
        "office": Text("{name}是办事处，不是独立法人企业。", "{name} is an office, not an independent legal person."),
        "service_point": Text(
            "{name}是服务点，不是独立法人企业。", "{name} is a service point, not an independent legal person."
        ),
        "individual": Text(
            "{name}是个体工商户，不是独立法人企业。",
            "{name} is an individual business, not an independent legal person.",
        ),
        "other_type": Text(
            "{name}登记的类型不是独立法人企业。", "{name} is not registered as an independent legal person."
        ),
        "outside": Text(
            "{name}注册在区外（{division}），不属于自治区内企业。",
            "{name} is registered outside the region ({division}).",
        ),
        "not_active": Text("{name}已被吊销或注销，不是存续企业。", "{name} is revoked or deregistered."),
        "not_yet": Text("{name}于{founded}才成立，晚于{when}。", "{name} was founded only on {founded}, after {when}."),
    },
    advice=Text(
        "请由具有独立法人资格的区内企业申请；信息有误的，先到市场监管部门更正。",
        "An independent legal person of the region has to apply; have a wrong entry corrected by the market "
        "supervision department.",
    ),
)

IN_CONTRACT = Check(
    code="in_contract",
    label=Text("劳动合同覆盖培训期", "Contract covers the class"),
    asks=Text(
        "与用工企业的劳动合同或劳务派遣覆盖开班日至结业日。",
        "A contract with, or dispatch to, the employer runs from the first to the last day.",
    ),
    clause="N二(二)3企业职工",
    speaks_for=THROUGH_CLASS,
    registry="labour_contract",
    asks_person=("labour_contract",),
    test=contracts.in_contract,
    says={
        "contract": Text(
            "与本企业的劳动合同自{since}起，覆盖{first}至{last}的培训。",
            "The contract since {since} covers the class, {first} to {last}.",
        ),
        "dispatch": Text(
            "{since}起派遣到本企业，派遣期覆盖{first}至{last}的培训。",
            "Dispatched here since {since}, covering the class, {first} to {last}.",
        ),
        "no_employer": NO_EMPLOYER,
        "short": Text(
            "与本企业的劳动合同或派遣（{since}起）到{until}为止，不覆盖{first}至{last}的培训。",
            "The contract or dispatch (from {since}) ends on {until} and does not cover the class, {first} to {last}.",
        ),
        "late": Text(
            "与本企业的劳动合同或派遣{since}才开始，不覆盖{first}至{last}的培训。",
            "The contract or dispatch begins only on {since} and does not cover the class, {first} to {last}.",
        ),
        "elsewhere": Text(
            "{since}起与其他单位（{uscc}）有在履行的劳动合同，与本企业没有。",
            "A contract with {uscc} runs since {since}, none with this employer.",
        ),
        "unknown": Text(
            "劳动用工备案没有与本企业的劳动合同，请提供合同核实。",
            "No contract with this employer is on file; the contract has to be shown.",
        ),
        "confirmed": Text("已核实劳动合同覆盖培训期。", "The contract was shown and covers the class."),
        "refuted": Text("经核实，没有覆盖培训期的劳动合同。", "Verified: no contract covers the class."),
    },
    advice=Text(
        "请企业提供劳动合同并补办劳动用工备案；合同期不足的，调整培训日期或续签后再报。",
        "The employer shows the contract and files it; if it ends too soon, move the class or renew first.",
    ),
)

UNIT_REGISTERED = Check(
    code="unit_employment_registered",
    label=Text("单位就业登记", "Registered as employed here"),
    asks=Text(
        "班期内，就业系统有在本企业的单位就业登记；没有的先办登记。",
        "A registration of employment with this employer through the class; without it, register first.",
    ),
    clause="N二(二)3开班申请",
    speaks_for=THROUGH_CLASS,
    registry="employment",
    asks_person=("employment",),
    test=employer.unit_employment_registered,
    says={
        "pass": Text("{since}起在本企业办理了单位就业登记。", "Registered as employed here since {since}."),
        "no_employer": NO_EMPLOYER,
        "unknown": Text(
            "至{when}没有在本企业的单位就业登记，须先办理就业登记。",
            "Not registered as employed here on {when}; register first.",
        ),
        "late": Text(
            "{since}才在本企业办理单位就业登记，晚于{when}，须核实。",
            "Registered as employed here only on {since}, after {when}; this has to be settled.",
        ),
        "left": Text(
            "{since}起的单位就业登记在班期内（{until}）结束，须核实。",
            "The registration since {since} ended during the class ({until}); this has to be settled.",
        ),
        "confirmed": Text("经核实，班期内在本企业就业。", "Verified: employed here through the class."),
        "refuted": Text("经核实，班期内不在本企业就业。", "Verified: not employed here through the class."),
    },
    advice=Text(
        "请企业先为其办理单位就业登记，系统会自动再次比对。",
        "The employer registers the worker first; the system then asks again.",
    ),
)

EMPLOYER_INSURED = Check(
    code="employer_insured",
    label=Text("参保企业", "Insured employer"),
    asks=Text("用工企业在社保系统是参保单位。", "The employer is an insured unit."),
    clause="N二(二)3(1)①",
    speaks_for=FIRST_DAY,
    registry="social_security",
    asks_employer=("social_security",),
    test=employer.employer_insured,
    says={
        "pass": Text(
            "本企业{since}起参保，至{when}有效。", "The employer is insured since {since}, still so on {when}."
        ),
        "fail": Text("社保系统至{when}没有本企业的参保登记。", "The employer is no insured unit on {when}."),
        "no_employer": NO_EMPLOYER,
    },
    advice=Text(
        "请企业先办理社会保险登记；未参保的可按其他企业职工类别申请。",
        "The employer registers for insurance first, or applies under another employee category.",
    ),
    instead=("emp_new_key_group", "emp_new_other", "emp_upskill"),
)

DISTRESSED = Check(
    code="employer_distressed",
    label=Text("困难企业认定", "Employer in recognised difficulty"),
    asks=Text(
        "开班日在当地困难企业认定的有效期内，由认定地区的部门协查，每个企业只问一次。",
        "The recognition of the place covers the first day; the recognising area's department says so, once for the"
        " employer.",
    ),
    clause="N二(二)3(4)",
    speaks_for=FIRST_DAY,
    test=employer.employer_distressed,
    says={
        "open": Text(
            "本企业是否为当地认定的困难企业，须由认定部门协查，尚未答复。",
            "Whether the employer is on the recognised list is not yet answered.",
        ),
        "recognised": Text(
            "本企业由{area}认定为困难企业，{since}至{until}有效，覆盖{when}。",
            "Recognised in {area} as in difficulty, from {since} to {until}, which covers {when}.",
        ),
        "recognised_open": Text(
            "本企业由{area}认定为困难企业，{since}起有效，覆盖{when}。",
            "Recognised in {area} as in difficulty since {since}, which covers {when}.",
        ),
        "before": Text(
            "{area}的困难企业认定（{since}起）到{until}为止，不覆盖{when}。",
            "The recognition in {area} (from {since}) ended on {until} and does not cover {when}.",
        ),
        "not_yet": Text(
            "{area}的困难企业认定{since}才开始，不覆盖{when}。",
            "The recognition in {area} begins only on {since} and does not cover {when}.",
        ),
        "confirmed": Text(
            "认定部门已确认本企业是困难企业。", "The recognising department has confirmed the difficulty."
        ),
        "refuted": Text(
            "认定部门答复：本企业不在困难企业名单内。",
            "According to the recognising department the employer is not on the list.",
        ),
    },
    advice=Text(
        "由审核人员向认定地区的部门协查，登记认定的起止日期和地区；登记一次，本企业各班通用。",
        "The officer asks the recognising area's department and enters period and area; once for all classes of the"
        " employer.",
    ),
    assisted=True,
    department=Text("困难企业认定部门", "the department that recognises enterprises in difficulty"),
    instead=("emp_new_key_group", "emp_new_other", "emp_upskill"),
    once_an_employer=True,
)

DIFFERENT_OCCUPATION = Check(
    code="different_occupation",
    label=Text("转岗职业不同", "A different occupation"),
    asks=Text("拟培训的职业（工种）与原从事的不是同一职业。", "The occupation trained for is not the one held before."),
    clause="N二(二)3(8)",
    speaks_for=FIRST_DAY,
    registry="labour_contract",
    asks_person=("labour_contract",),
    test=occupations.different_occupation,
    says={
        "pass": Text(
            "原职业{before}，拟培训{now}，不是同一职业。", "Before: {before}; trained for: {now}; not the same."
        ),
        "fail": Text(
            "拟培训的职业{now}与原从事的职业相同，不属于转岗。",
            "The occupation trained for, {now}, is the one held before.",
        ),
        "contradiction": Text(
            "同一时期的合同登记了不同职业（{before}），须核实。",
            "Contracts of the same day name different occupations ({before}).",
        ),
        "unknown": Text(
            "劳动用工备案没有原职业（工种），须核实。", "No earlier occupation is on record; it has to be verified."
        ),
        "no_occupation": Text("没有填写拟培训的职业（工种）。", "The occupation trained for was not given."),
        "confirmed": Text("已核实原职业与拟培训职业不同。", "Verified: not the occupation held before."),
        "refuted": Text("经核实，拟培训职业与原职业相同。", "Verified: the same occupation as before."),
    },
    advice=Text(
        "请在转岗证明中写明原职业和新职业；职业相同的可按岗位技能提升申请。",
        "State both occupations in the proof; for the same one see skills upgrading.",
    ),
    instead=("emp_upskill",),
)

OCCUPATION_OPEN = Check(
    code="occupation_open",
    label=Text("职业可开展技能提升", "Occupation open for upgrading"),
    asks=Text(
        "属于国家职业资格目录技能类，或可实施等级认定、自主评价；只有国家标准的，限中级、高级，须有培训计划、"
        "旗县同意、盟市备案。",
        "In the national catalogue, or open for level recognition; with a national standard only, intermediate "
        "or advanced on a plan "
        "the banner has approved and the league has filed.",
    ),
    clause="N二(二)3(9)",
    speaks_for=FIRST_DAY,
    test=occupations.occupation_open,
    limits={"levels": OPEN_LEVELS},
    documents=("training_plan",),
    once_a_class=True,
    says={
        "qualification_catalogue": Text(
            "{occupation}在国家职业资格目录内。", "{occupation} is in the national catalogue."
        ),
        "level_recognition": Text(
            "{occupation}可实施职业技能等级认定或自主评价。",
            "{occupation} is open for level recognition or self-assessment.",
        ),
        "filed": Text(
            "{occupation}有国家标准，培训计划已经旗县同意、盟市备案。",
            "{occupation} has a national standard; the plan is approved and filed.",
        ),
        "none": Text(
            "{occupation}没有国家标准，也未开放等级认定，不能开展岗位技能提升。",
            "{occupation} has no national standard and is not open.",
        ),
        "level": Text(
            "{occupation}只有国家标准，只能培训中级、高级，不能培训{level}级。",
            "{occupation}: only levels 4 and 3 may be trained, not {level}.",
        ),
        "no_status": Text("没有{occupation}的评价方式信息，须核实。", "How {occupation} is assessed is not known."),
        "no_level": Text("没有填写培训等级。", "The level trained for was not given."),
        "no_plan": Text(
            "{occupation}只有国家标准，还缺企业的培训计划。",
            "{occupation} has a national standard only; the training plan is missing.",
        ),
        "plan_ended": Text(
            "企业的培训计划有效期到{until}为止，已失效。", "The training plan was valid until {until} only."
        ),
        "plan_ending": Text(
            "企业的培训计划有效期到{until}为止，在班期内失效，须核实。",
            "The training plan is valid until {until} only, within the class.",
        ),
        "confirmed": Text("经核实，职业可以开展岗位技能提升。", "Verified: the occupation is open for upgrading."),
        "refuted": Text("经核实，职业不能开展岗位技能提升。", "Verified: the occupation is not open for upgrading."),
        "banner_approval": Text("培训计划尚未经旗县人社部门同意。", "The banner has not yet approved the plan."),
        "league_filing": Text("培训计划尚未在盟市人社部门备案。", "The league has not yet filed the plan."),
    },
    advice=Text(
        "请核对职业和等级；只有国家标准的，提交培训计划，经旗县同意并报盟市备案。",
        "Check occupation and level; submit the plan for approval and filing.",
    ),
)

EMPLOYEE = (
    ID_VALID,
    LEGAL_PERSON.under("N二(二)3企业"),
    IN_CONTRACT.under("N二(二)3企业职工"),
    UNIT_REGISTERED.under("N二(二)3开班申请"),
    OF_AGE,
    NO_PENSION_OR_VERIFIED,
    ALIVE,
)


def _employees(code: str, zh: str, en: str, clause: str, *checks: Check) -> Category:
    return Category(code, Text(zh, en), clause, "employees", NOTICE, (*EMPLOYEE, *checks), columns=("employer_uscc",))


CATEGORIES = (
    _employees(
        "emp_hardship_ojt",
        "参保企业吸纳就业困难人员、零就业家庭成员以工代训和岗前培训职工",
        "On-the-job and pre-post training of people in hardship hired by insured enterprises",
        "N二(二)3(1)",
        EMPLOYER_INSURED.under("N二(二)3(1)①"),
        HARDSHIP.under("N二(二)3(1)②"),
    ),
    _employees(
        "emp_new_key_group",
        "企业新录用就业重点群体职工",
        "Newly hired employees from the key groups",
        "N二(二)3(2)",
        WITHIN_ONE_YEAR.under("N二(二)3(2)①"),
        WAS_KEY_GROUP.under("N二(二)3(2)②"),
    ),
    _employees(
        "emp_new_other",
        "企业新录用非就业重点群体职工",
        "Newly hired employees from other groups",
        "N二(二)3(3)",
        WITHIN_ONE_YEAR.under("N二(二)3(3)"),
    ),
    _employees(
        "emp_distressed",
        "困难企业职工",
        "Employees of enterprises in recognised difficulty",
        "N二(二)3(4)",
        DISTRESSED.under("N二(二)3(4)"),
    ),
    _employees(
        "emp_high_risk",
        "高危行业企业职工",
        "Employees of high-risk industries",
        "N二(二)3(5)",
        paper(
            "safety_licence",
            Text("安全许可证书", "Safety licence"),
            "N二(二)3(5)",
            ("safety_licence",),
            Text(
                "附行业主管部门颁发的安全许可证书（写明发证机关、证号、行业），班期内有效。",
                "The industry department's licence is attached, with issuer, number and trade, and valid through the"
                " class.",
            ),
            once_a_class=True,
        ),
    ),
    _employees(
        "emp_apprentice",
        "参加新型学徒制培训职工",
        "Apprentices of the new enterprise scheme",
        "N二(二)3(6)",
        paper(
            "apprentice_roster",
            Text("学徒制培训花名册", "Apprentice roster"),
            "N二(二)3(6)",
            ("apprentice_roster",),
            Text(
                "附新型学徒制培训花名册（按内人社发〔2019〕5号审核）。",
                "The apprentice roster is attached (reviewed under 内人社发〔2019〕5号).",
            ),
            once_a_class=True,
        ),
    ),
    _employees(
        "emp_poor_ojt",
        "贫困劳动力以工代训职工",
        "Poor labourers in on-the-job training",
        "N二(二)3(7)",
        poverty_record("N二(二)3(7)", "poor_labourer", LABOURER),
    ),
    _employees(
        "emp_transfer_post",
        "转岗职工",
        "Employees changing their post",
        "N二(二)3(8)",
        paper(
            "transfer_proof",
            Text("转岗证明", "Proof of the change of post"),
            "N二(二)3(8)",
            ("transfer_proof",),
            Text("附企业出具的转岗证明。", "The employer's proof is attached."),
        ),
        DIFFERENT_OCCUPATION.under("N二(二)3(8)"),
    ),
    _employees(
        "emp_upskill",
        "岗位技能提升培训职工",
        "Employees upgrading the skills of their post",
        "N二(二)3(9)",
        OCCUPATION_OPEN.under("N二(二)3(9)"),
    ),
)
