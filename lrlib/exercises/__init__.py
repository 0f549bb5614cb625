"""Exercises, one file a lesson: each question stands beside its check, hints and solution."""

from . import cosine
from .protocol import Exercise, Mistake

__all__ = ["Exercise", "Mistake", "cosine"]
