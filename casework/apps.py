from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "casework"
    verbose_name = "HOW A CASE MOVES"

    def ready(self) -> None:
        """The words of this room's acts for the audit page, and where the routes decide."""
        from django.utils.translation import gettext_lazy as _

        from accounts.domain.deciding import register_routes
        from accounts.enums import Role
        from casework.domain import consistency, delivery_lines, proposals, readiness_checks
        from casework.domain.act_labels import register_labels
        from casework.domain.arrangements import duty
        from casework.domain.deadlines import recount_reviews
        from casework.domain.duties import register_duty
        from casework.domain.home import add_home_section
        from casework.domain.operations import nightly, register_operations, running
        from casework.domain.policy import register_policy, register_policy_page
        from casework.domain.routing import deciding_levels
        from casework.domain.workdays import register_recount
        from casework.policies.numbers import PARAMETERS
        from casework.policies.reasons import REASONS_KIND
        from casework.policies.routes import ROUTES_KIND

        register_labels()
        consistency.register()
        register_routes(deciding_levels)
        register_recount(recount_reviews)
        register_duty(duty)
        register_operations(running)
        register_operations(nightly)
        delivery_lines.register()
        readiness_checks.register()
        add_home_section(Role.ADMINISTRATOR, "casework/home/_readiness.html", readiness_checks.at_home, first=True)
        register_duty(proposals.duty)
        for kind in (PARAMETERS, ROUTES_KIND, REASONS_KIND):
            register_policy(kind)
        register_policy_page(_("工作日历"), _("每年的放假调休安排；期限和公示期按它计算。"), "workdays")
