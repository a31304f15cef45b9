from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "subsidies"
    verbose_name = "MONEY"

    def ready(self) -> None:
        """Flows, pages and providers for the rooms below are registered here, so those need not know them."""
        from django.utils.translation import gettext_lazy as _

        from accounts.enums import Role
        from casework.domain.act_labels import register_moves
        from casework.domain.case_page import register_case_page
        from casework.domain.duties import register_duty
        from casework.domain.flow import register
        from casework.domain.history import add_trail, tell_units
        from casework.domain.home import add_home_section
        from casework.domain.policy import register_policy
        from casework.domain.workdays import register_recount
        from casework.enums import State
        from eligibility.domain.person_providers import PersonProvider, add_person_provider
        from subsidies.domain import (
            consistency,
            corrections,
            labels,
            person_provider,
            readiness_checks,
            separation,
            trails,
        )
        from subsidies.domain.finance_home import finance_home
        from subsidies.domain.publicity import recount_concluding, recount_publicities
        from subsidies.domain.returns import returns_of_unit
        from subsidies.models import Subsidy
        from subsidies.policies import STANDARDS
        from subsidies.procedures import batch, claim
        from training.domain.classes.tabs import add_applications, add_tab
        from training.domain.verification.again import add_open_case

        for procedure in (claim, batch):
            register(procedure.FLOW)
            register_moves(procedure.FLOW)
            register_case_page(procedure.PAGE)
        labels.register_labels()
        register_policy(STANDARDS)
        add_trail("subsidy", trails.of_claim)
        add_trail("trainingclass", trails.of_class)
        add_trail("paymentbatch", trails.of_batch)
        tell_units(*trails.TOLD_TO_UNITS)
        consistency.register()
        separation.register()
        readiness_checks.register()
        register_duty(corrections.duty)
        register_recount(recount_publicities)
        register_recount(recount_concluding)
        add_open_case(Subsidy, State.IN_REVIEW, State.CONCLUDING)
        add_tab("subsidy", _("补贴"), "class_subsidy", order=70)
        add_applications(
            lambda c: [("subsidy", pk) for pk in Subsidy.objects.filter(training_class=c).values_list("pk", flat=True)]
        )
        add_person_provider(PersonProvider(brings_up=person_provider.brings_up))
        add_home_section(Role.OPERATOR, "subsidies/home/_returns.html", returns_of_unit, first=True)
        add_home_section(Role.FINANCE, "subsidies/home/_finance.html", finance_home)
