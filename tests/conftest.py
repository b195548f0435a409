"""What holds for every test."""

from hypothesis import HealthCheck, settings

# How fast a machine is, and whether hypothesis has yet built its tables of characters, is no property of ours:
# speed is measured in benchmarks/, and no test may fail for want of it.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
