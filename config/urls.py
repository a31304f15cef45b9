"""All addresses: the public site, the office behind the login, the API."""

from django.conf import settings
from django.urls import include, path

from accounts.views.session import favicon, healthz

urlpatterns = [
    path("", include("casework.urls")),
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("", include("accounts.urls")),  # before allauth: it closes the doors by mail
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("config.api_urls")),
    path("", include("eligibility.urls")),
    path("", include("training.urls")),
    path("", include("subsidies.urls")),
    path("", include("reports.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("", include("demo.urls")))
handler500 = "casework.problems.server_error"
