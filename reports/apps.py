from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "READS ONLY"

    def ready(self) -> None:
        """The words of this room's acts for the audit page."""
        from django.utils.translation import gettext_lazy as _

        from accounts.domain.words import register_act_words

        register_act_words({
            "export.requested": _("申请导出"),
            "export.taken": _("下载导出文件"),
            "export.refused": _("拒绝导出"),
        })
