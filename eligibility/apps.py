from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "eligibility"
    verbose_name = "WHO IS THIS PERSON, WHAT DOES THE LAW SAY"
