"""What an operation sends and touches, which needs no quiet machine: statements, and rows that its scans read."""

from dataclasses import dataclass

from benchmarks.office import CONNECTIONS, Office, Prepared
from benchmarks.operations import OPERATIONS
from benchmarks.recording import explained


@dataclass(frozen=True, slots=True)
class Cost:
    """The most that any request of an operation sent, and the most rows that any of them touched."""

    statements: int
    rows: int


def costs(office: Office, prepared: Prepared) -> dict[str, Cost]:
    """Return the cost of each operation: of each kind of its requests, for each who asks."""
    for operation in OPERATIONS:
        # What a process reads once belongs to no request.
        office.ask(operation.requests(prepared, "spare")[0])
    found = {}
    for operation in OPERATIONS:
        plans = []
        for request in operation.requests(prepared, "ours")[: CONNECTIONS * operation.kinds]:
            with explained() as touched:
                office.ask(request)
            plans.append(touched)
        found[operation.key] = Cost(max(map(len, plans)), max(sum(one.rows for one in plan) for plan in plans))
    return found
