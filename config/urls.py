"""All addresses: the public site, the office behind the login, the API."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from accounts.views.session import favicon, healthz

urlpatterns = [
    path("", include("casework.urls")),
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("", include("accounts.urls")),  # before allauth: it closes the ways in by mail
    path("account/", include("allauth.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include("config.api_urls")),
    path("", include("eligibility.urls")),
    path("", include("training.urls")),
    path("", include("subsidies.urls")),
    path("", include("reports.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("", include("demo.urls")))
handler500 = "casework.problems.server_error"
