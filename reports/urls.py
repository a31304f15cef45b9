"""Addresses of the reports and of the public site."""

from django.urls import path

from reports.views import exports, forms, personal, public

urlpatterns = [
    path("reports/", forms.reports, name="reports"),
    path("reports/forms/<slug:code>/", forms.form, name="form"),
    path("reports/forms/<slug:code>/cell/", forms.cell, name="cell"),
    path("reports/exports/", exports.exports, name="exports"),
    path("reports/exports/person/", personal.person_copy, name="person_copy"),
    path("reports/exports/new/", exports.export_new, name="export_new"),
    path("reports/exports/<id:pk>/file/", exports.export_file, name="export_file"),
    path("public/", public.home, name="public_home"),
    path("public/classes/", public.classes, name="public_classes"),
    path("public/classes/<id:pk>/", public.one_class, name="public_class"),
    path("public/institutions/", public.institutions, name="public_institutions"),
    path("public/catalogue/", public.catalogue, name="public_catalogue"),
    path("public/payments/", public.payments, name="public_payments"),
    path("public/payments/<id:pk>/", public.payment, name="public_payment"),
]
