"""The practice calendar's page."""

from django.urls import path

from demo.views import clock

urlpatterns = [path("demo/clock/", clock, name="demo_clock")]
