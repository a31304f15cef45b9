from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "CLASSES"

    def ready(self) -> None:
        """Flows, pages and doors to the rooms below are registered here, so those need not know them."""
        from django.utils.translation import gettext_lazy as _

        from casework.domain.act_words import register_moves
        from casework.domain.dossier import register_dossier
        from casework.domain.files import ask_particulars, register_holder
        from casework.domain.flow import register
        from casework.domain.history import add_trail, only_acts, tell_units
        from eligibility.domain.examine import SubjectKind, register_subjects
        from eligibility.domain.people import add_life
        from eligibility.domain.persons import PersonDoor, add_person_door
        from training.domain import act_words, cases, consistency, doors, identities, openings, trails
        from training.domain.tabs import add_tab
        from training.models import RosterSource
        from training.procedures import account_change, certificate_change, completion, opening, registration
        from training.tasks import checks

        for procedure in (registration, account_change, opening, completion, certificate_change):
            register(procedure.FLOW)
            register_moves(procedure.FLOW)
            register_dossier(procedure.PAGE)
        register_subjects(
            SubjectKind(
                kind=cases.KIND,
                describe=doors.describe,
                named=doors.named,
                going_on=doors.going_on,
                why_not=doors.why_not_answer,
                why_not_second=doors.why_not_second,
                rejudge=openings.rejudge,
                case_of=doors.case_of,
                classmates=doors.classmates,
                employer_of=doors.employer_of,
                employees_of=doors.employees_of,
                ask_again=checks.ask_again,
                entry=identities.entry,
                enter=identities.enter,
            )
        )
        act_words.register_words()
        for kind, find in (
            ("trainingclass", trails.of_class),
            ("opening", trails.of_opening),
            ("completion", trails.of_completion),
            ("registration", trails.of_registration),
        ):
            add_trail(kind, find)
        only_acts("person", *trails.OF_PEOPLE)
        tell_units(*trails.TOLD_TO_UNITS)
        consistency.register(cases.KIND)
        add_life(doors.life)
        add_person_door(
            PersonDoor(
                places=identities.places, busy=identities.busy, against=identities.against, ask_anew=checks.ask_anew
            )
        )
        register_holder(RosterSource)
        ask_particulars("safety_licence", {"issuer": _("发证机关"), "number": _("证号"), "trade": _("行业")})
        add_tab("overview", _("概况"), "class", order=10)
        add_tab("roster", _("花名册"), "class_roster", order=20)
        add_tab("timetable", _("课程表"), "class_timetable", order=30)
        add_tab("files", _("材料"), "class_files", order=80)
        add_tab("history", _("办理记录"), "class_history", order=90)
        add_tab("attendance", _("考勤"), "class_attendance", order=40)
        add_tab("completion", _("结业"), "class_completion", order=60)
