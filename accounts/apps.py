from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "WHO, WHERE, MAY, DID"

    def ready(self) -> None:
        """What the database refuses is put on record (R-AUT-4)."""
        from accounts.domain.refusals import listen

        listen()
