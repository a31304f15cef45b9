"""Addresses: home, inbox, cases and their moves, files, jobs, notices, late work."""

from django.urls import path

from casework.views import decision, files, home, inbox, jobs, notices, operations, policy, workdays

urlpatterns = [
    path("", home.home, name="home"),
    path("inbox/agree/", inbox.agree, name="inbox_agree"),
    path("inbox/<slug:standing>/", inbox.inbox, name="inbox"),
    path("cases/<slug:kind>/<id:pk>/", decision.case, name="case"),
    path("cases/<slug:kind>/<id:pk>/moves/<slug:name>/", decision.move, name="move"),
    path("cases/<slug:kind>/<id:pk>/files/", files.files, name="case_files"),
    path("cases/<slug:kind>/<id:pk>/comments/", notices.comments, name="case_comments"),
    path("files/<id:pk>/", files.file, name="file"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<id:pk>/", jobs.job, name="job"),
    path("jobs/<id:pk>/row/", jobs.job_row, name="job_row"),
    path("jobs/<id:pk>/file/", jobs.job_file, name="job_file"),
    path("jobs/<id:pk>/again/", jobs.job_again, name="job_again"),
    path("notices/", notices.notices, name="notices"),
    path("notices/seen/", notices.notices_seen, name="notices_seen"),
    path("notices/<id:pk>/", notices.notice, name="notice"),
    path("workdays/", workdays.workdays, name="workdays"),
    path("workdays/<year:year>/", workdays.workdays, name="workdays_of"),
    path("workdays/<year:year>/enter/", workdays.workdays_enter, name="workdays_enter"),
    path("workdays/<year:year>/sheet/", workdays.workdays_template, name="workdays_sheet"),
    path("overdue/", notices.overdue, name="overdue"),
    path("operations/", operations.operations, name="operations"),
    path("readyz", operations.readyz, name="readyz"),
    path("metrics", operations.metrics, name="metrics"),
    path("policy/", policy.policy, name="policy"),
    path("policy/changes/", policy.policy_changes, name="policy_changes"),
    path("policy/history/", policy.policy_history, name="policy_history"),
    path("policy/proposals/<id:pk>/", policy.policy_proposal, name="policy_proposal"),
    path("policy/proposals/<id:pk>/decide/", policy.policy_decide, name="policy_decide"),
    path("policy/<slug:code>/", policy.policy_of, name="policy_of"),
    path("policy/<slug:code>/sheet/", policy.policy_export, name="policy_export"),
    path("policy/<slug:code>/upload/", policy.policy_upload, name="policy_upload"),
    path("policy/<slug:code>/add/", policy.policy_act, {"action": "add"}, name="policy_add"),
    path("policy/<slug:code>/<id:pk>/", policy.policy_line, name="policy_line"),
    path("policy/<slug:code>/<id:pk>/<slug:action>/", policy.policy_act, name="policy_act"),
]
