"""Predictions and recalls, a file a lesson: each question beside what answers it."""
