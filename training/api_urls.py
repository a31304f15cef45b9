"""Addresses of CLASSES below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from training.api import (
    cases,
    catalogue,
    certificates,
    checks,
    classes,
    conduct,
    overrulings,
    prechecks,
    rosters,
    unit_imports,
    units,
)

router = SimpleRouter(use_regex_path=False)
router.register("registrations", cases.RegistrationViewSet, "api_registration")
router.register("account-changes", units.AccountChangeViewSet, "api_accountchange")
router.register("openings", cases.OpeningViewSet, "api_opening")
router.register("completions", cases.CompletionViewSet, "api_completion")
router.register("certificate-changes", certificates.CertificateChangeViewSet, "api_certificatechange")

urlpatterns = [
    path("", include(router.urls)),
    path("units/", units.UnitsView.as_view(), name="api_units"),
    path("units/imports/", unit_imports.UnitImportsView.as_view(), name="api_unit_imports"),
    path("units/imports/take/", unit_imports.UnitImportView.as_view(), name="api_unit_import_take"),
    path("units/incomplete/", unit_imports.UnitsIncompleteView.as_view(), name="api_units_incomplete"),
    path("units/<id:pk>/", units.UnitView.as_view(), name="api_unit"),
    path("units/<id:pk>/draft/", units.UnitDraftView.as_view(), name="api_unit_draft"),
    path("units/<id:pk>/accounts/", units.UnitAccountsView.as_view(), name="api_unit_accounts"),
    path("units/<id:pk>/amendment/", units.UnitAmendmentView.as_view(), name="api_unit_amendment"),
    path("teachers/", units.TeachersView.as_view(), name="api_teachers"),
    path("teachers/<id:pk>/", units.TeacherView.as_view(), name="api_teacher"),
    path("venues/", units.VenuesView.as_view(), name="api_venues"),
    path("venues/<id:pk>/", units.VenueView.as_view(), name="api_venue"),
    path("projects/", catalogue.ProjectsView.as_view(), name="api_projects"),
    path("projects/<id:pk>/", catalogue.ProjectView.as_view(), name="api_project"),
    path("occupations/", catalogue.OccupationsView.as_view(), name="api_occupations"),
    path("institutions/", catalogue.InstitutionsView.as_view(), name="api_institutions"),
    path("categories/", catalogue.CategoriesView.as_view(), name="api_categories"),
    path("classes/", classes.ClassesView.as_view(), name="api_classes"),
    path("classes/<id:pk>/", classes.ClassView.as_view(), name="api_class"),
    path("classes/<id:pk>/missing/", classes.ClassMissingView.as_view(), name="api_class_missing"),
    path("classes/<id:pk>/history/", classes.ClassHistoryView.as_view(), name="api_class_history"),
    path("classes/<id:pk>/timetable/", classes.TimetableView.as_view(), name="api_class_timetable"),
    path("classes/<id:pk>/lessons/", classes.ClassLessonsView.as_view(), name="api_class_lessons"),
    path("classes/<id:pk>/completion/", classes.ClassCompletionView.as_view(), name="api_class_completion"),
    path("classes/<id:pk>/roster/", rosters.RosterView.as_view(), name="api_class_roster"),
    path("classes/<id:pk>/roster/template/", rosters.RosterTemplateView.as_view(), name="api_roster_template"),
    path("classes/<id:pk>/trainees/", rosters.TraineesView.as_view(), name="api_class_trainees"),
    path("classes/<id:pk>/precheck/", prechecks.PrecheckView.as_view(), name="api_class_precheck"),
    path("classes/<id:pk>/results/", conduct.ResultsView.as_view(), name="api_class_results"),
    path("lessons/<id:pk>/", classes.LessonView.as_view(), name="api_lesson"),
    path("lessons/<id:pk>/attendance/", conduct.AttendanceView.as_view(), name="api_attendance"),
    path("uploads/<id:pk>/", rosters.UploadView.as_view(), name="api_upload"),
    path("uploads/<id:pk>/rows/", rosters.UploadRowsView.as_view(), name="api_upload_rows"),
    path("uploads/<id:pk>/rows/<id:row>/", rosters.UploadRowView.as_view(), name="api_upload_row"),
    path("uploads/<id:pk>/bad/", rosters.UploadBadRowsView.as_view(), name="api_upload_bad"),
    path("uploads/<id:pk>/take/", rosters.UploadTakeView.as_view(), name="api_upload_take"),
    path("watch/", checks.WatchView.as_view(), name="api_watch"),
    path("watch/<id:pk>/dealt/", checks.ChangeDealtView.as_view(), name="api_change_dealt"),
    path("what-if/", checks.WhatIfView.as_view(), name="api_what_if"),
    path("what-if/<id:pk>/", checks.WhatIfResultView.as_view(), name="api_what_if_result"),
    path("enrolments/<id:pk>/", rosters.EnrolmentView.as_view(), name="api_enrolment"),
    path("enrolments/<id:pk>/strike/", rosters.StrikeView.as_view(), name="api_strike"),
    path("enrolments/<id:pk>/examination/", rosters.ExaminationView.as_view(), name="api_examination"),
    path("enrolments/<id:pk>/overrulings/", overrulings.OverrulingsView.as_view(), name="api_overrulings"),
    path(
        "enrolments/<id:pk>/overrulings/<id:overruling>/", overrulings.OverrulingView.as_view(), name="api_overruling"
    ),
    path("enrolments/<id:pk>/assistances/", rosters.AssistancesView.as_view(), name="api_assistances"),
    path("enrolments/<id:pk>/assistances/<slug:check>/", rosters.AssistanceView.as_view(), name="api_assistance"),
]
