"""Addresses of cases and 待办 below /api/v1/; the kinds of cases are routed by the apps they belong to."""

from django.urls import path

from casework.api import inbox, messages, policy, workdays

urlpatterns = [
    path("inbox/", inbox.InboxView.as_view(), name="api_inbox"),
    path("overdue/", inbox.OverdueView.as_view(), name="api_overdue"),
    path("files/<id:pk>/", inbox.FileView.as_view(), name="api_file"),
    path("jobs/", inbox.JobsView.as_view(), name="api_jobs"),
    path("jobs/<id:pk>/", inbox.JobView.as_view(), name="api_job"),
    path("jobs/<id:pk>/file/", inbox.JobFileView.as_view(), name="api_job_file"),
    path("jobs/<id:pk>/take_up/", inbox.JobAgainView.as_view(), name="api_job_again"),
    path("workdays/", workdays.WorkdaysView.as_view(), name="api_workdays"),
    path("workdays/<year:year>/", workdays.WorkdaysYearView.as_view(), name="api_workdays_year"),
    path("policy/", policy.PolicyView.as_view(), name="api_policy"),
    path("policy/proposals/", policy.PolicyProposalsView.as_view(), name="api_policy_proposals"),
    path("policy/proposals/<id:pk>/", policy.PolicyProposalView.as_view(), name="api_policy_proposal"),
    path("policy/<slug:code>/sheet/", policy.PolicySheetView.as_view(), name="api_policy_sheet"),
    path("policy/<slug:code>/", policy.PolicyRowsView.as_view(), name="api_policy_rows"),
    path("notices/", inbox.NoticesView.as_view(), name="api_notices"),
    path("notices/settings/", messages.ContactView.as_view(), name="api_contact"),
    path("announcements/", messages.AnnouncementsView.as_view(), name="api_announcements"),
    path("notices/<id:pk>/seen/", inbox.NoticeSeenView.as_view(), name="api_notice_seen"),
]
