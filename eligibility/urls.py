"""Addresses of eligibility: rule book, registries, assisted checks, a person's life line."""

from django.urls import path

from eligibility.views import (
    assistances,
    corrections,
    departments,
    letters,
    overrulings,
    people,
    recognitions,
    registries,
    rules,
)

urlpatterns = [
    path("rules/", rules.rules, name="rules"),
    path("rules/category/", rules.category, name="category_help"),
    path("registries/", registries.registries, name="registries"),
    path("registries/<slug:code>/mode/", registries.switch, name="registry_switch"),
    path("registries/<slug:code>/again/", registries.ask_now, name="registry_again"),
    path("registries/<slug:code>/exchange/", registries.exchange_out, name="exchange_out"),
    path("registries/exchanges/<id:pk>/", registries.exchange_in, name="exchange_in"),
    path("assistances/", assistances.assistances, name="assistances"),
    path("assistances/asked/", departments.asked, name="asked"),
    path("assistances/asked/answer/", departments.answer, name="asked_answer"),
    path("assistances/asked/<id:pk>/correct/", departments.correct, name="asked_correct"),
    path("assistances/asked/letters/<id:pk>/sheet/", departments.sheet, name="asked_sheet"),
    path("assistances/asked/sheet/", departments.sheet_upload, name="asked_sheet_upload"),
    path("assistances/<id:pk>/answer/", assistances.answer, name="assistance_answer"),
    path("assistances/batch/", assistances.batch, name="assistances_batch"),
    path("assistances/sheet/", letters.sheet_upload, name="assistances_sheet"),
    path("assistances/letters/new/", letters.issue, name="letter_new"),
    path("assistances/letters/<id:pk>/", letters.letter, name="letter"),
    path("assistances/letters/<id:pk>/sheet/", letters.sheet, name="letter_sheet"),
    path("overrulings/", overrulings.overrulings, name="overrulings"),
    path("overrulings/new/<slug:kind>/<id:pk>/<slug:check>/", overrulings.propose, name="overruling_new"),
    path("overrulings/<id:pk>/answer/", overrulings.answer, name="overruling_answer"),
    path("people/", people.find, name="people"),
    path("people/<id:pk>/", people.person, name="person"),
    path("people/<id:pk>/correction/", corrections.correction_new, name="correction_new"),
    path("corrections/<id:pk>/edit/", corrections.correction_edit, name="correction_edit"),
    path("checked/<slug:kind>/<id:pk>/recognition/", recognitions.new, name="recognition_new"),
    path("checked/<slug:kind>/<id:pk>/correction/", corrections.correction_of_entry, name="correction_of_entry"),
    path("checked/<slug:kind>/<id:pk>/", people.subject, name="subject"),
]
