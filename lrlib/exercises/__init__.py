"""Exercises, one file a lesson: each question stands beside its check, hints and solution."""

from importlib import import_module
from pkgutil import iter_modules

from .protocol import Exercise, Mistake

LESSONS = tuple(sorted(m.name for m in iter_modules(__path__) if m.name != "protocol"))
__all__ = ["Exercise", "Mistake", "LESSONS", *LESSONS]


def __getattr__(name):
    if name in LESSONS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
