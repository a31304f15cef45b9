from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "CLASSES"

    def ready(self) -> None:
        """Flows, pages and providers for the rooms below are registered here, so those need not know them."""
        from django.utils.translation import gettext_lazy as _

        from accounts.domain.categories import register_training_types
        from casework.domain.act_labels import register_moves
        from casework.domain.case_page import register_case_page
        from casework.domain.files import ask_particulars, register_holder
        from casework.domain.flow import register
        from casework.domain.history import add_trail, only_acts, tell_units
        from eligibility.domain.examine import SubjectProvider, register_subjects
        from eligibility.domain.people import add_life
        from eligibility.domain.person_providers import PersonProvider, add_person_provider
        from training.domain import labels, person_corrections, readiness_checks, subjects, trails
        from training.domain.classes.enrolments import KIND
        from training.domain.verification import consistency, verify
        from training.enums import TrainingType
        from training.models import RosterSource
        from training.procedures import account_change, certificate_change, completion, opening, registration
        from training.tasks import checks

        for procedure in (registration, account_change, opening, completion, certificate_change):
            register(procedure.FLOW)
            register_moves(procedure.FLOW)
            register_case_page(procedure.PAGE)
        register_subjects(
            SubjectProvider(
                kind=KIND,
                describe=subjects.describe,
                named=subjects.named,
                going_on=subjects.going_on,
                why_not=subjects.why_not_answer,
                why_not_second=subjects.why_not_second,
                rejudge=verify.rejudge,
                case_of=subjects.application_of,
                classmates=subjects.classmates,
                employer_of=subjects.employer_of,
                employees_of=subjects.employees_of,
                ask_again=checks.ask_again,
                entry=person_corrections.entry,
                enter=person_corrections.enter,
            )
        )
        register_training_types(lambda: TrainingType.choices)
        labels.register_labels()
        for kind, find in (
            ("trainingclass", trails.of_class),
            ("opening", trails.of_opening),
            ("completion", trails.of_completion),
            ("registration", trails.of_registration),
        ):
            add_trail(kind, find)
        only_acts("person", *trails.OF_PEOPLE)
        tell_units(*trails.TOLD_TO_UNITS)
        consistency.register(KIND)
        readiness_checks.register()
        add_life(subjects.life)
        add_person_provider(
            PersonProvider(
                places=person_corrections.places,
                busy=person_corrections.busy,
                against=person_corrections.against,
                ask_anew=checks.ask_anew,
            )
        )
        register_holder(RosterSource)
        ask_particulars("safety_licence", {"issuer": _("发证机关"), "number": _("证号"), "trade": _("行业")})
        self.add_policy()
        self.add_tabs()

    def add_policy(self) -> None:
        """What people enter on the pages of policy, and the catalogues beside it."""
        from django.utils.translation import gettext_lazy as _

        from casework.domain.policy import register_policy, register_policy_page
        from training.policies import TARGETS

        register_policy(TARGETS)
        register_policy_page(
            _("目录清单"), _("培训项目、机构、职业（工种）和评价方式，可用 Excel 导入导出。"), "catalogue"
        )

    def add_tabs(self) -> None:
        """The tabs of a class's page."""
        from django.utils.translation import gettext_lazy as _

        from training.domain.classes.tabs import add_tab

        for code, label, address, order in (
            ("overview", _("概况"), "class", 10),
            ("roster", _("花名册"), "class_roster", 20),
            ("timetable", _("课程表"), "class_timetable", 30),
            ("attendance", _("考勤"), "class_attendance", 40),
            ("completion", _("结业"), "class_completion", 60),
            ("files", _("材料"), "class_files", 80),
            ("history", _("办理记录"), "class_history", 90),
        ):
            add_tab(code, label, address, order=order)
