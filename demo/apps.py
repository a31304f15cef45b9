from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Made-up data to practise with; never installed in production (R-AUT-6)."""

    name = "demo"
    verbose_name = "DEMO DATA"
