from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "WHO, WHERE, MAY, DID"

    def ready(self) -> None:
        """What the database refuses is put on record, and the nights look for rights of older data (R-AUT-4)."""
        from accounts.domain import rights_search, trail_search
        from accounts.domain.refusals import listen

        listen()
        rights_search.register()
        trail_search.register()
