"""Addresses below /api/v1/."""

from django.urls import path

from reports.api import FormView

urlpatterns = [path("reports/<slug:code>/", FormView.as_view(), name="api_report")]
