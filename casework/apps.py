from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "casework"
    verbose_name = "HOW A CASE MOVES"

    def ready(self) -> None:
        """The words of this room's acts for the audit page (house.md, rule 4)."""
        from casework.domain.act_words import register_words

        register_words()
