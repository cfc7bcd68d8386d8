"""Timing: the median of several rounds, in the unit that reads best."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds a call: the median, and the smallest and largest round."""

    name: str
    median: float
    least: float
    most: float


def timed(name: str, call: Callable[[], object], *, rounds: int = 5, calls: int = 50) -> Figure:
    """The cost of a call, after one round to warm up."""
    samples = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        for _ in range(calls):
            call()
        samples.append((time.perf_counter() - began) / calls)
    counted = samples[1:]
    return Figure(name, statistics.median(counted), min(counted), max(counted))


def told(seconds: float) -> str:
    """`12.3 µs` or `4.56 ms`."""
    return f"{seconds * 1e6:8.1f} µs" if seconds < 0.001 else f"{seconds * 1e3:8.2f} ms"


def row(figure: Figure, floor: Figure) -> str:
    """A line of the report: the thing, its spread, its floor, and how many times the floor it costs."""
    return (
        f"{figure.name:<34}{told(figure.median)}  ({told(figure.least).strip()} to {told(figure.most).strip()})"
        f"   floor {floor.name}: {told(floor.median).strip()}   × {figure.median / floor.median:.1f}"
    )
