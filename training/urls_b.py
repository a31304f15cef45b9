"""Addresses of CLASSES, second part: people of a case, attendance, completion."""

from django.urls import path

from training.views import attendance, certificates, completions, prechecks, roster_acts, watch, whatif

urlpatterns = [
    path("enrolments/<id:pk>/strike/", roster_acts.strike, name="enrolment_strike"),
    path("enrolments/<id:pk>/certificate/", certificates.certificate_new, name="certificate_new"),
    path("certificate-changes/<id:pk>/edit/", certificates.certificate_edit, name="certificate_edit"),
    path("classes/<id:pk>/precheck/", prechecks.precheck, name="class_precheck"),
    path("watch/", watch.changes, name="watch"),
    path("watch/<id:pk>/dealt/", watch.dealt, name="change_dealt"),
    path("what-if/", whatif.what_if, name="what_if"),
    path("what-if/<id:pk>/", whatif.what_if_result, name="what_if_result"),
    path("classes/<id:pk>/attendance/", attendance.class_attendance, name="class_attendance"),
    path("classes/<id:pk>/attendance/print/", attendance.attendance_print, name="attendance_print"),
    path("classes/<id:pk>/attendance/<id:lesson>/", attendance.lesson_attendance, name="lesson_attendance"),
    path("classes/<id:pk>/completion/", completions.class_completion, name="class_completion"),
    path("classes/<id:pk>/completion/new/", completions.completion_new, name="completion_new"),
    path("classes/<id:pk>/completion/results/", completions.completion_results, name="completion_results"),
    path("classes/<id:pk>/completion/results/download/", completions.results_download, name="results_download"),
    path("classes/<id:pk>/completion/results/upload/", completions.results_upload, name="results_upload"),
]
