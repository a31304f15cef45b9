from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "READS ONLY"

    def ready(self) -> None:
        """The words of this room's acts for the audit page."""
        from reports.domain import labels

        labels.register_labels()
