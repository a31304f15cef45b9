"""Index of clauses: number -> where it stands and what it asks, in our own words (R-AUT-6); the notices are not
copied here.

N: 内人社办发〔2020〕95号; M: the ministry's notice on real-name management. Other documents are named by their number.
"""

from dataclasses import dataclass

from eligibility.engine.text import Text

N = Text("内人社办发〔2020〕95号", "Inner Mongolia HR department, 内人社办发〔2020〕95号")
M = Text("人社部办公厅补贴性培训实名制管理通知", "The ministry's notice on real-name management of subsidised training")
_SHORT = {"N": Text("95号文", "Notice 95"), "M": Text("实名制管理通知", "Real-name notice")}
_NUMERALS = str.maketrans("一二三四五六七八九①②③", "123456789123")
_WORDS = {
    "企业职工": "-employees",
    "企业": "-enterprises",
    "申请主体": "-applicants",
    "组织实施": "-bodies",
    "身份审核": "-papers",
    "实施程序": "-procedure",
    "开班申请": "-opening",
    "内应急字": "nei-yingji-",
    "内人社发": "nei-renshe-",
    "国办发": "guobanfa-",
    "国发": "guofa-",
    "渐进式延迟退休办法": "gradual-retirement",
}


@dataclass(frozen=True)
class Clause:
    """One clause: `number` is how the code cites it, `place` where it stands in `source`, `asks` what it wants."""

    number: str
    source: Text
    place: Text
    asks: Text

    @property
    def slug(self) -> str:
        """The clause's address in a page: ASCII, unique."""
        text = self.number
        for word, ascii_word in _WORDS.items():
            text = text.replace(word, ascii_word)
        text = text.translate(_NUMERALS)
        kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text)
        return "-".join(part for part in kept.lower().split("-") if part)


def _n(where: str, zh: str, en: str) -> Clause:
    return Clause(f"N{where}", N, Text(where, f"section {where}"), Text(zh, en))


def _m(where: str, zh: str, en: str) -> Clause:
    return Clause(f"M{where}", M, Text(where, f"section {where}"), Text(zh, en))


def _other(number: str, source: Text, zh: str, en: str) -> Clause:
    return Clause(number, source, Text("全文", "whole document"), Text(zh, en))


_ALL = (
    _n(
        "一",
        "培训进系统才能领补贴；机构全覆盖、人员全实名、资金全记录，全程可查。",
        "No subsidy outside the system: every institution in it, every person by real name, every payment on record.",
    ),
    _n(
        "二(一)",
        "信息发布到补贴审批八个环节都在系统办理；开班前录入，按时审批；可用视频、暗访、电话监管。",
        "Eight steps from announcement to subsidy run in the system, entered before the class; video, visits, "
        "telephone.",
    ),
    _n(
        "二(二)",
        "先由系统与各部门数据比对人员类别，比对不了的由部门协查和内部核查确认。",
        "First the system compares each person with the registries, then people verify what it cannot know.",
    ),
    _n(
        "二(二)1(1)",
        "下岗失业人员：没有就业、有求职登记；用就业、工商、社保、用工备案四个系统核实未就业。",
        "The laid-off: out of work, registered as job-seeking; four registries confirm that they are not at work.",
    ),
    _n(
        "二(二)1(2)",
        "农牧区劳动力：在劳动年龄内，转移前登记资源和愿望，失业的回原机构作返乡登记，进城满半年的在居住地登记失业。",
        "Rural labourers of working age: wishes registered before a transfer, a return at the same agency after one, "
        "or unemployment registered where they have lived for half a year.",
    ),
    _n(
        "二(二)1(3)",
        "两后生：有毕业证书或承诺书，未就业；城市低保家庭和农村学员的身份线下核实。",
        "School leavers: a diploma or a promise, and out of work; low-income and rural students are verified offline.",
    ),
    _n(
        "二(二)1(4)",
        "退役军人：身份由部门协查确认，并核实未就业。",
        "Veterans: identity verified by the department; out of work.",
    ),
    _n(
        "二(二)1(5)",
        "残疾人：身份由部门协查确认，并核实未就业。",
        "Disabled people: identity verified by the department; out of work.",
    ),
    _n(
        "二(二)2",
        "贫困劳动力和贫困家庭子女：以扶贫部门的数据为准，查不到的协查。",
        "Poor labourers and children of poor families: the poverty department's data decides, people verify the rest.",
    ),
    _n(
        "二(二)3",
        "企业职工培训由谁申请、向谁申请、谁来组织和审核。",
        "Training of employees: who applies, to whom, who organises and reviews.",
    ),
    _n(
        "二(二)3企业",
        "企业须是区内注册的独立法人，外地公司在区内的子公司也算；分支机构不算。",
        "The enterprise is an independent legal person registered in the region, subsidiaries included, branches not.",
    ),
    _n(
        "二(二)3企业职工",
        "职工须在劳动合同期内参训；劳务派遣人员须在约定的派遣期内参训。",
        "An employee is trained within the term of the labour contract, a dispatched worker within the agreed "
        "dispatch.",
    ),
    _n(
        "二(二)3申请主体",
        "由用工企业或其委托的培训机构申请；跨盟市的由企业向所在地申请。",
        "The employer or the institution it commissions applies; across leagues the employer, where it is.",
    ),
    _n("二(二)3组织实施", "人社部门或行业主管部门受理和审核。", "HR or industry departments receive and review."),
    _n(
        "二(二)3身份审核",
        "提交职工花名册和真实性承诺；委托培训的另交委托协议。",
        "The roster of employees and a promise of truth; with a commissioned institution also the agreement.",
    ),
    _n(
        "二(二)3实施程序",
        "先向当地人社部门申请账号、登记单位信息，经审核后使用。",
        "The unit asks the local HR department for an account, enters its data and has it reviewed.",
    ),
    _n(
        "二(二)3开班申请",
        "开班申请写明培训类别和人员类别，职工与单位就业登记核对，没登记的先登记；不同意要说明理由。",
        "The opening names training and trainee category; employees are matched with registered employment, "
        "the unregistered register first; a refusal has its reason.",
    ),
    _n(
        "二(二)3(1)",
        "参保企业招用就业困难人员、零就业家庭成员后的以工代训和岗前培训。",
        "Insured enterprises that hire people in hardship or of zero-employment families.",
    ),
    _n("二(二)3(1)①", "社保系统里用工企业是参保单位。", "The social security system shows the employer as insured."),
    _n("二(二)3(1)②", "就业系统里职工有就业困难或零就业家庭认定。", "The employment system shows the recognition."),
    _n("二(二)3(2)", "新录用的就业重点群体职工。", "New hires from the key groups."),
    _n("二(二)3(2)①", "签订劳动合同后一年内培训。", "Trained within one year of signing."),
    _n(
        "二(二)3(2)②",
        "录用前的身份按重点群体的条件在就业系统核实；新生代农民工是1980年以后出生的转移就业农牧民。",
        "What they were before hiring is verified like the key groups; new-generation rural workers were born "
        "from 1980 on.",
    ),
    _n(
        "二(二)3(3)",
        "新录用的其他职工，签订劳动合同后一年内培训。",
        "Other new hires, trained within one year of signing.",
    ),
    _n(
        "二(二)3(4)",
        "困难企业由当地认定，认定地区协查。",
        "Enterprises in difficulty are recognised locally; the place says so.",
    ),
    _n(
        "二(二)3(5)",
        "高危行业企业提供主管部门发的安全许可证书。",
        "High-risk industries show the industry department's safety licence.",
    ),
    _n(
        "二(二)3(6)",
        "新型学徒制提供花名册，按自治区学徒制文件审核。",
        "The apprenticeship scheme: the roster, reviewed under its own document.",
    ),
    _n(
        "二(二)3(7)",
        "贫困劳动力以工代训：身份以扶贫数据为准，以工代训的方式不限。",
        "Poor labourers in on-the-job training: the poverty data decides; the manner of training is free.",
    ),
    _n(
        "二(二)3(8)",
        "转岗：新旧职业不是同一个，提供转岗证明和花名册。",
        "Change of post: not the same occupation; proof and roster.",
    ),
    _n(
        "二(二)3(9)",
        "岗位技能提升：限目录内技能职业或可等级认定的职业；只有国家标准的，中高级须有计划、旗县同意、盟市备案。",
        "Upgrading: catalogue occupations or those open for recognition; with a standard only, intermediate and "
        "advanced on a "
        "plan approved by the banner and filed by the league.",
    ),
    _n(
        "二(二)4(1)",
        "毕业年度高校毕业生：学信网查询毕业，四个系统核实未就业。",
        "Graduates of the year: by 学信网; out of work by four registries.",
    ),
    _n(
        "二(二)4(2)",
        "毕业两年内、未就业、没登记失业的高校毕业生：查询方式相同。",
        "Graduates of two years, not at work and not registered: likewise.",
    ),
    _n(
        "二(二)4(3)",
        "过了退休年龄、缴过职工养老保险、没领养老金，三条都要符合，由社保系统核实。",
        "Past retirement age, contributed, no pension drawn: all three, by the social security system.",
    ),
    _n("二(二)4(4)", "服刑人员：由部门协查确认身份。", "People serving a sentence: verified by the department."),
    _n(
        "二(二)4(5)",
        "强制隔离戒毒人员：由部门协查确认身份。",
        "People in compulsory rehabilitation: verified by the department.",
    ),
    _n(
        "二(三)",
        "各报表统计哪些人、怎样计数：参加人数看开班审批，合格人数看结业结果，与系统一致。",
        "Who is counted in which form: participants from approved openings, passes from completions, equal to "
        "the system.",
    ),
    _n(
        "三(一)",
        "审批权限按人员类别分配，由当地超级管理员授权。",
        "Approval rights by trainee category, granted by the local super administrator.",
    ),
    _n("三(二)", "看就业率和创业成功率。", "Employment rate and rate of successful founding measure the effect."),
    _n(
        "三(三)",
        "每月25日提取系统数据与纸质报表核对；没联网的数据由部门协查。",
        "On the 25th of each month the system is compared with the paper forms; what is not networked is "
        "verified by people.",
    ),
    _n(
        "三(四)",
        "数据保密、不得篡改；旗县不得把维护权限给机构；导出权限只给盟市人员。",
        "Data is secret and unaltered; institutions never maintain workers' data; export is for league staff only.",
    ),
    _n("三(五)", "对操作和审批人员做应用培训。", "Operators and reviewers are trained in using the system."),
    _n(
        "三(六)",
        "2020年7月1日起全部线上办理；此前未录入的建台账说明。",
        "From 1 July 2020 everything runs online; what was not entered before is kept in a ledger and explained.",
    ),
    _m(
        "一(一)",
        "机构和评价机构全覆盖、人员实名、资金记录、过程可追溯。",
        "Institutions and assessors covered, people by name, money on record.",
    ),
    _m("一(二)2", "补贴培训信息都进系统，真实有效。", "All subsidised training is in the system, and true."),
    _m(
        "一(二)3",
        "项目、机构、人员、标准和实发金额向社会公开，逐步跨省联查。",
        "Projects, institutions, people, standards and amounts are public; look-up across provinces.",
    ),
    _m(
        "二(一)",
        "公布培训项目、培训机构和评价机构目录并及时更新。",
        "Catalogues of projects, institutions and assessors, published and kept current.",
    ),
    _m(
        "二(二)",
        "培训前审条件，培训中监管，培训后查结果，都要公开。",
        "Conditions before, supervision during, results after training; all published.",
    ),
    _m(
        "二(三)",
        "资金有依据、可追溯，定期对账，联网核查，减少证明材料。",
        "Payments with basis and trace, reconciled, checked online, with fewer papers.",
    ),
    _m(
        "二(四)1",
        "实名登记，分级管理、分级审核、逐级汇总。",
        "Real-name records, managed and reviewed by level, summed upwards.",
    ),
    _m("二(四)2", "信息化建设，逐步全国联网、跨省联查。", "Systems that in time look up across the country."),
    _m("二(四)3", "按部里要求填报综合情况统计。", "The ministry's comprehensive statistics."),
    _m("三(一)", "防止骗取、挪用补贴。", "No fraud, no misuse of the money."),
    _m(
        "三(二)",
        "省级汇总，市县审核上传，机构录入并公开。",
        "The province gathers, cities and counties review, institutions enter and publish.",
    ),
    _m(
        "三(三)",
        "目标、目录、实名、统计、督查五项制度。",
        "Five regimes: targets, catalogues, real names, statistics, inspection.",
    ),
    _other(
        "国办发〔2019〕24号",
        Text("国办发〔2019〕24号 职业技能提升行动方案", "State Council office, 国办发〔2019〕24号"),
        "每人每年补贴次数和同职业同等级不重复补贴等规定。",
        "How often a person is subsidised a year, and never twice for the same occupation and level.",
    ),
    _other(
        "国发〔1978〕104号",
        Text("国发〔1978〕104号", "State Council, 国发〔1978〕104号"),
        "法定退休年龄：男60岁，女工人50岁、女干部55岁。",
        "Retirement at 60 for men, 50 for women workers, 55 for women in management.",
    ),
    _other(
        "渐进式延迟退休办法",
        Text("国务院关于渐进式延迟法定退休年龄的办法（2025年1月1日起）", "State Council measures, from 1 January 2025"),
        "退休年龄按出生月份逐步延迟：男至63岁，女至58岁和55岁。",
        "Retirement is delayed by month of birth: to 63 for men, 58 and 55 for women.",
    ),
    _other(
        "内应急字〔2020〕13号",
        Text("内应急字〔2020〕13号", "内应急字〔2020〕13号"),
        "高危行业领域安全技能提升行动的安排。",
        "The plan for safety skills in high-risk industries.",
    ),
    _other(
        "内人社发〔2019〕5号",
        Text("内人社发〔2019〕5号", "内人社发〔2019〕5号"),
        "企业新型学徒制的审核规定。",
        "How the apprenticeship scheme is reviewed.",
    ),
)

CLAUSES: dict[str, Clause] = {clause.number: clause for clause in _ALL}


def cited(number: str, language: str = "zh") -> str:
    """How people cite a clause: the notice by its short name, then where it stands; any other document by its own
    number.
    """
    short = _SHORT.get(number[:1])
    return f"{short.of(language)} {number[1:]}" if short else number


def clause(number: str) -> Clause:
    """The clause of that number; KeyError when the index has none."""
    return CLAUSES[number]
