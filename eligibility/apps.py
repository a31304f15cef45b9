from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "eligibility"
    verbose_name = "WHO IS THIS PERSON, WHAT DOES THE LAW SAY"

    def ready(self) -> None:
        """The rooms below learn the trainee categories from the rule tables (house.md, rule 4)."""
        from accounts.domain.categories import register_categories
        from casework.domain.words import provide_categories
        from eligibility.domain.categories import category_names

        provide_categories(category_names)
        register_categories(lambda: category_names().items())
