"""Exercises, one file a lesson, named as the lesson.

Each question stands beside its check, hints, solution and known mistakes; `exercise` has what all
of them can do. `predictions/` has, again a file a lesson, what is asked before it is shown and what
is recalled, each option beside what answers it; `cases/` has the scripts of the bug hunt. Not here:
how a prediction is shown (`widgets`).
"""

from importlib import import_module
from pkgutil import iter_modules

from .exercise import Exercise, Mistake, folded

OTHERS = ("exercise", "predictions", "cases")
LESSONS = tuple(sorted(m.name for m in iter_modules(__path__) if m.name not in OTHERS))
__all__ = ["Exercise", "Mistake", "folded", "LESSONS", *LESSONS]


def __getattr__(name):
    if name in LESSONS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
