from django.apps import AppConfig


class BenchConfig(AppConfig):
    """The measuring room: a region's data and the rows of the benchmark; never installed in production."""

    name = "bench"
    verbose_name = "BENCHMARK"
