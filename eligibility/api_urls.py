"""Addresses of the 协查 desk below /api/v1/."""

from django.urls import path

from eligibility import api

urlpatterns = [
    path("assistances/", api.WaitingView.as_view(), name="api_waiting"),
    path("assistances/answers/", api.AnswersView.as_view(), name="api_assistance_answers"),
    path("assistances/sheets/", api.SheetsView.as_view(), name="api_assistance_sheets"),
    path("assistances/letters/", api.LettersView.as_view(), name="api_letters"),
    path("assistances/letters/<int:pk>/sheet/", api.LetterSheetView.as_view(), name="api_letter_sheet"),
]
