"""Exercises, one file a lesson, named as the lesson.

Each question stands beside its check, hints, solution and known mistakes; `exercise` has what all
of them can do. Not here: predictions and sliders (`widgets`).
"""

from importlib import import_module
from pkgutil import iter_modules

from .exercise import Exercise, Mistake, folded

LESSONS = tuple(sorted(m.name for m in iter_modules(__path__) if m.name != "exercise"))
__all__ = ["Exercise", "Mistake", "folded", "LESSONS", *LESSONS]


def __getattr__(name):
    if name in LESSONS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
