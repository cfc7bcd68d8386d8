"""Benchmarks, each beside its floor in the same run: what the thing costs, and what it could cost at the least."""
