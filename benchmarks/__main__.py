"""`make bench`: all benchmarks, a line each."""

import logging

import structlog

from benchmarks import arithmetic, office, sweep


def main() -> None:
    """Print each line as it is measured."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for benchmark in (arithmetic, office, sweep):
        for line in benchmark.lines():
            print(line, flush=True)  # noqa: T201 - the result is what is asked for


if __name__ == "__main__":
    main()
