from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "eligibility"
    verbose_name = "WHO IS THIS PERSON, WHAT DOES THE LAW SAY"

    def ready(self) -> None:
        """The rooms below learn the trainee categories from the rule tables, and the words of this room's acts."""
        from django.utils.translation import gettext_lazy as _

        from accounts.domain.categories import register_categories
        from accounts.domain.seals import register_sealed
        from accounts.enums import HANDS_ON, Role
        from casework.domain.act_labels import register_moves
        from casework.domain.case_page import register_case_page
        from casework.domain.categories import provide_categories
        from casework.domain.counters import add_counter
        from casework.domain.files import keep_from_units, register_holder
        from casework.domain.flow import register
        from casework.domain.home import add_home_section
        from casework.domain.operations import register_operations
        from casework.domain.policy import register_policy_page
        from casework.domain.workdays import register_recount
        from eligibility.domain import departments, labels, operations, overrulings, readiness_checks
        from eligibility.domain.categories import category_names
        from eligibility.domain.corrected import life_events
        from eligibility.domain.deadlines import recount_answers
        from eligibility.domain.people import add_history
        from eligibility.models import Exchange
        from eligibility.procedures import correction

        register_sealed(
            "eligibility_examination",
            ("subject_kind", "subject_id", "gate", "category", "table", "as_of", "verdict", "examined_at"),
        )
        labels.register_labels()
        register_policy_page(_("规则手册"), _("各人员类别的条件、比对和条款；随系统更新，不在页面上改。"), "rules")
        readiness_checks.register()
        register(correction.FLOW)
        register_moves(correction.FLOW)
        register_recount(recount_answers)
        register_case_page(correction.PAGE)
        add_history(life_events)
        provide_categories(category_names)
        add_counter("asked", departments.unanswered)
        add_counter("overrulings", overrulings.waiting_for_second)
        for role in HANDS_ON:
            add_home_section(role, "eligibility/home/_asked.html", departments.at_home)
        keep_from_units(overrulings.PAPER, _("推翻依据"))
        keep_from_units(
            departments.REPLY,
            _("协查复函"),
            roles=(*HANDS_ON, Role.AUDITOR),
            sender=departments.sent,
        )
        register_holder(Exchange)
        register_operations(operations.registries)
        register_categories(lambda: category_names().items())
