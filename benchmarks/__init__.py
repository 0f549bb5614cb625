"""Benchmarks, run by hand: `python -m benchmarks [step curve lab scaling slider notebooks]`.

Each prints a Markdown table of ratios against the alternative, measured in the same run.
"""
