"""What an installation starts with: the calendars and policies of `config/`, read once and kept in the database."""

from pathlib import Path

from casework.records import admin_events, offices
from casework.records.database import Tx
from casework.work import workflow_registry
from casework.work.calendar_files import read_calendar
from casework.work.policies import switch
from casework.work.policy_files import read_policies


def seed(tx: Tx, config: Path) -> None:
    """Register the workflows and load the seeds that the database does not hold yet; for `recalculation.load`."""
    workflow_registry.register(tx)
    if not offices.latest_calendars(tx):
        china = read_calendar(config / "calendars" / "china.toml")
        version = offices.add_calendar(tx, china.key, china.titled.both(), china.given)
        admin_events.add(tx, None, "calendar_loaded", china.key, payload={"version": version})
    held = {(p.workflow, p.name, p.place, p.from_date) for p in offices.all_policies(tx)}
    rows = [row for file in sorted((config / "policies").glob("*.toml")) for row in read_policies(file)]
    switch(tx, [row for row in rows if (row["workflow"], row["name"], row["place"], row["from_date"]) not in held])
