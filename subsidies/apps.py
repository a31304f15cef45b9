from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "subsidies"
    verbose_name = "MONEY"

    def ready(self) -> None:
        """Flows and pages are registered here, so the rooms below need not know them (house.md, rule 4)."""
        from casework.domain.dossier import register_dossier
        from casework.domain.flow import register
        from django.utils.translation import gettext_lazy as _

        from subsidies import dossiers, flows
        from training.domain.tabs import add_cases, add_tab

        register(flows.SUBSIDY)
        register(flows.BATCH)
        register_dossier(dossiers.SUBSIDY)
        register_dossier(dossiers.BATCH)
        add_tab("subsidy", _("补贴"), "class_subsidy", order=70)
        add_cases(lambda c: [("subsidy", c.subsidy.pk)] if hasattr(c, "subsidy") else [])
