"""Random examples while one works, the same ones on every run of CI; figures that can be read."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

# Kernels inherit it: when nbval runs the lessons, a figure with overlapping words is an error.
os.environ["LRLIB_CHECK_FIGURES"] = "1"
