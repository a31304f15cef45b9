from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "eligibility"
    verbose_name = "WHO IS THIS PERSON, WHAT DOES THE LAW SAY"

    def ready(self) -> None:
        """The rooms below learn the trainee categories from the rule tables, and the words of this room's acts (house.md, rule 4)."""
        from django.utils.translation import gettext_lazy as _

        from accounts.domain.categories import register_categories
        from accounts.domain.words import register_act_words, register_data_words
        from casework.domain.words import provide_categories
        from eligibility.domain.categories import category_names

        register_data_words({"subject": _("学员记录编号"), "check": _("条件"), "answer": _("答复"), "department": _("答复部门"), "letter": _("复函文号")})
        provide_categories(category_names)
        register_categories(lambda: category_names().items())
        register_act_words({
            "assistance.answered": _("填写协查结果"),
            "letter.issued": _("出具协查函"),
            "letter.sheet_taken": _("下载协查表格"),
            "overruling.proposed": _("提出推翻比对结果"),
            "overruling.agreed": _("同意推翻比对结果"),
            "overruling.declined": _("不同意推翻比对结果"),
            "registry.asked_again": _("立即再次比对"),
            "registry.switched": _("更改外部系统连接方式"),
            "registry.file_out": _("导出待比对名单"),
            "registry.file_in": _("导入回传文件"),
            "roster.prechecked": _("提交前预检"),
            "whatif.run": _("政策测算"),
        })
