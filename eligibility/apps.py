from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "eligibility"
    verbose_name = "WHO IS THIS PERSON, WHAT DOES THE LAW SAY"

    def ready(self) -> None:
        """The rooms below learn the trainee categories from the rule tables, and the words of this room's acts."""
        from django.utils.translation import gettext_lazy as _

        from accounts.domain.categories import register_categories
        from accounts.domain.seals import register_sealed
        from accounts.domain.words import register_act_words
        from accounts.enums import Role
        from casework.domain.act_words import register_moves
        from casework.domain.counters import add_counter
        from casework.domain.dossier import register_dossier
        from casework.domain.files import keep_from_units, register_holder
        from casework.domain.flow import register
        from casework.domain.home import add_home_section
        from casework.domain.words import provide_categories
        from casework.domain.workdays import register_recount
        from eligibility import dossiers, flows
        from eligibility.domain import act_words, departments, overrulings
        from eligibility.domain.categories import category_names
        from eligibility.domain.corrected import told_in_life
        from eligibility.domain.deadlines import recount_answers
        from eligibility.domain.people import add_history
        from eligibility.models import Exchange

        register_sealed("eligibility_examination", ("subject_kind", "subject_id", "gate", "category", "table", "as_of", "verdict", "examined_at"))
        act_words.register_words()
        register(flows.CORRECTION)
        register_moves(flows.CORRECTION)
        register_recount(recount_answers)
        register_dossier(dossiers.CORRECTION)
        add_history(told_in_life)
        provide_categories(category_names)
        add_counter("asked", departments.unanswered)
        add_counter("overrulings", overrulings.waiting_for_second)
        for role in (Role.OFFICER, Role.ADMINISTRATOR):
            add_home_section(role, "eligibility/home/_asked.html", departments.at_home)
        keep_from_units(overrulings.PAPER, _("推翻依据"))
        keep_from_units(departments.REPLY, _("协查复函"), roles=(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR), sender=departments.sent)
        register_holder(Exchange)
        register_categories(lambda: category_names().items())
        register_act_words({
            "assistance.answered": _("填写协查结果"),
            "assistance.refused": _("拒收协查结果"),
            "assistance.shown": _("查看待答复协查的人员信息"),
            "correction.drafted": _("起草信息更正"),
            "correction.amended": _("修改信息更正"),
            "person.corrected": _("更正人员信息"),
            "person.merged": _("合并同一人的记录"),
            "recognition.entered": _("登记困难企业认定"),
            "recognition.refused": _("拒收困难企业认定"),
            "letter.issued": _("出具协查函"),
            "letter.sheet_taken": _("下载协查表格"),
            "overruling.proposed": _("提出推翻比对结果"),
            "overruling.refused": _("拒绝推翻比对结果"),
            "overruling.agreed": _("同意推翻比对结果"),
            "overruling.declined": _("不同意推翻比对结果"),
            "registry.asked_again": _("立即再次比对"),
            "registry.switched": _("更改外部系统连接方式"),
            "registry.file_out": _("导出待比对名单"),
            "registry.file_in": _("导入回传文件"),
            "roster.prechecked": _("提交前预检"),
            "whatif.run": _("政策测算"),
        })
