"""Benchmarks: what the README promises, as ratios against a baseline measured in the same run.

`python -m benchmarks [NAME …]` prints a table and writes ``build/bench/NAME.json``. Each module here
with a `run` function is one benchmark; `run` returns one row or several.
"""
