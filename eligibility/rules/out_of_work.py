"""未就业状态 `unemployed`: the four comparisons, each through the class, and the words for what began within it."""

from eligibility.engine.checks import unemployed
from eligibility.engine.model import THROUGH_CLASS, Check
from eligibility.engine.text import Text

DURING_CONFIRMED = Text("经核实，不影响本班的参训资格。", "Verified: it does not stand against this class.")
DURING_REFUTED = Text("经核实，班期内已就业，不再符合。", "Verified: in work during the class, no longer eligible.")
_AS_EMPLOYEE = ("emp_new_other", "emp_upskill")

NOT_IN_UNIT_EMPLOYMENT = Check(
    code="not_in_unit_employment",
    label=Text("没有单位就业登记", "Not registered as employed"),
    asks=Text("班期内，就业系统没有单位就业登记。", "No registration of employment with a unit through the class."),
    clause="N二(二)1(1)",
    speaks_for=THROUGH_CLASS,
    registry="employment",
    asks_person=("employment",),
    test=unemployed.not_in_unit_employment,
    says={
        "during": Text(
            "{since}在单位（{uscc}）办理了就业登记，在班期内（{day}至{last}），须核实。",
            "Registered as employed by {uscc} on {since}, during the class ({day} to {last}); this has to be settled.",
        ),
        "confirmed": DURING_CONFIRMED,
        "refuted": DURING_REFUTED,
        "pass": Text(
            "就业系统没有与班期（{day}至{last}）重叠的单位就业登记。",
            "The employment system has no employment that overlaps the class ({day} to {last}).",
        ),
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
        "班期内，不是存续企业的法定代表人，没有存续的个体工商户；只是股东或高管的，由人工核实。",
        "No post as legal representative or individual operator through the class; a share or executive post alone is "
        "verified by people.",
    ),
    clause="N二(二)1(1)",
    speaks_for=THROUGH_CLASS,
    registry="business",
    asks_person=("business",),
    test=unemployed.not_in_business,
    says={
        "during": Text(
            "{since}登记为企业（{uscc}）法定代表人或个体经营者，在班期内（{day}至{last}），须核实。",
            "In business ({uscc}) since {since}, during the class ({day} to {last}); this has to be settled.",
        ),
        "pass": Text(
            "工商系统没有与班期（{day}至{last}）重叠的任法定代表人或经营个体工商户的记录。",
            "The business registry shows no post in charge that overlaps the class ({day} to {last}).",
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
    asks=Text("班期内，社保系统没有企业职工社会保险。", "No employee insurance through the class."),
    clause="N二(二)1(1)",
    speaks_for=THROUGH_CLASS,
    registry="social_security",
    asks_person=("social_security",),
    test=unemployed.not_insured_as_employee,
    says={
        "during": Text(
            "{since}参加了企业职工社会保险（{uscc}），在班期内（{day}至{last}），须核实。",
            "Insured as an employee ({uscc}) on {since}, during the class ({day} to {last}); this has to be settled.",
        ),
        "confirmed": DURING_CONFIRMED,
        "refuted": DURING_REFUTED,
        "pass": Text(
            "社保系统没有与班期（{day}至{last}）重叠的企业职工参保记录。",
            "The social security system has no employee insurance that overlaps the class ({day} to {last}).",
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
    asks=Text("班期内，没有劳动合同或劳务派遣。", "No labour contract or dispatch through the class."),
    clause="N二(二)1(1)",
    speaks_for=THROUGH_CLASS,
    registry="labour_contract",
    asks_person=("labour_contract",),
    test=unemployed.no_labour_contract,
    says={
        "during": Text(
            "{since}起与单位（{uscc}）有劳动合同或劳务派遣，在班期内（{day}至{last}），须核实。",
            "Under contract with, or dispatched to, {uscc} since {since}, during the class ({day} to {last}); this has"
            " to be settled.",
        ),
        "confirmed": DURING_CONFIRMED,
        "refuted": DURING_REFUTED,
        "pass": Text(
            "劳动用工备案没有与班期（{day}至{last}）重叠的劳动合同。",
            "No labour contract that overlaps the class ({day} to {last}) is on file.",
        ),
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
