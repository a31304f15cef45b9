"""Addresses of eligibility: rule book, registries, assisted checks, a person's life line."""

from django.urls import path

from eligibility.views import assistances, people, registries, rules

urlpatterns = [
    path("rules/", rules.rules, name="rules"),
    path("registries/", registries.registries, name="registries"),
    path("assistances/", assistances.assistances, name="assistances"),
    path("assistances/<int:pk>/answer/", assistances.answer, name="assistance_answer"),
    path("people/<int:pk>/", people.person, name="person"),
]
