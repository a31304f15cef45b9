"""Addresses of CLASSES, second part: people of a case, attendance, completion."""

from django.urls import path

from training.views import attendance, completions, prechecks, roster_acts, watch, whatif

urlpatterns = [
    path("enrolments/<int:pk>/strike/", roster_acts.strike, name="enrolment_strike"),
    path("classes/<int:pk>/precheck/", prechecks.precheck, name="class_precheck"),
    path("watch/", watch.changes, name="watch"),
    path("watch/<int:pk>/dealt/", watch.dealt, name="change_dealt"),
    path("what-if/", whatif.what_if, name="what_if"),
    path("what-if/<int:pk>/", whatif.what_if_result, name="what_if_result"),
    path("classes/<int:pk>/attendance/", attendance.class_attendance, name="class_attendance"),
    path("classes/<int:pk>/attendance/print/", attendance.attendance_print, name="attendance_print"),
    path("classes/<int:pk>/attendance/<int:lesson>/", attendance.lesson_attendance, name="lesson_attendance"),
    path("classes/<int:pk>/completion/", completions.class_completion, name="class_completion"),
    path("classes/<int:pk>/completion/new/", completions.completion_new, name="completion_new"),
    path("classes/<int:pk>/completion/results/", completions.completion_results, name="completion_results"),
    path("classes/<int:pk>/completion/results/download/", completions.results_download, name="results_download"),
    path("classes/<int:pk>/completion/results/upload/", completions.results_upload, name="results_upload"),
]
