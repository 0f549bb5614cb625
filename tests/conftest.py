"""Random examples while one works, the same on CI; figures that can be read; the longest first."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

# Kernels inherit it: when nbval runs the lessons, a figure with overlapping words is an error.
os.environ["LRLIB_CHECK_FIGURES"] = "1"

LONGEST = ("test_browser.py", "test_site.py")  # minutes each, and a file stays with one process


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in LONGEST)
