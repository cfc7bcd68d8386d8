"""What an operation costs however fast the machine is: the statements of a request, and the rows that it touches.

The limits are those of benchmarks/budget.toml.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from benchmarks import budget
from benchmarks.office import office
from benchmarks.operations import OPERATIONS
from benchmarks.touched import Cost, costs
from casework import demo
from casework.app import service_of
from casework.embedded import PrivateServer
from casework.settings import Settings

FEW, MANY = 200, 1_500
LINES = budget.read()
KEYS = [operation.key for operation in OPERATIONS]


@pytest.fixture(scope="module")
def found(
    server: PrivateServer, admin: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, Cost], dict[str, Cost]]]:
    """The costs in an office with few cases, and after it has grown."""
    settings = Settings.load({"CASEWORK_ENV": "demo", "CASEWORK_HOME": str(tmp_path_factory.mktemp("office"))})
    name = f"test_{uuid4().hex[:12]}"
    app, owner = (
        make_url(url).set(database=name).render_as_string(hide_password=False)
        for url in (server.app_url, server.owner_url)
    )
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template casework_template"))
    yield costs_of(settings, app, owner, FEW), costs_of(settings, app, owner, MANY - FEW)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


def costs_of(settings: Settings, app: str, owner: str, cases: int) -> dict[str, Cost]:
    """What each operation costs once so many cases more are there."""
    service = service_of(settings, app)
    demo.load(service, cases=cases, seed=cases)
    service.database.close()
    with office(settings, app) as here:
        # So many that a city has more waiting than a claim looks at, in both offices.
        prepared = here.prepare(writes=8)
        engine = create_engine(owner, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("vacuum analyze"))
        engine.dispose()
        return costs(here, prepared)


@pytest.mark.parametrize("key", KEYS)
def test_a_request_sends_no_more_statements_than_the_budget_allows(
    found: tuple[dict[str, Cost], dict[str, Cost]], key: str
) -> None:
    most = max(office[key].statements for office in found)
    assert LINES[f"{key}.statements"].judge(most) != "exceeded", most


@pytest.mark.parametrize("key", KEYS)
def test_a_request_touches_no_more_rows_than_the_budget_allows(
    found: tuple[dict[str, Cost], dict[str, Cost]], key: str
) -> None:
    most = max(office[key].rows for office in found)
    assert LINES[f"{key}.rows"].judge(most) != "exceeded", most


@pytest.mark.parametrize("key", KEYS)
def test_the_rows_that_a_request_touches_grow_no_more_than_the_budget_allows_while_the_office_grows(
    found: tuple[dict[str, Cost], dict[str, Cost]], key: str
) -> None:
    few, many = (office[key].rows for office in found)
    assert LINES[f"{key}.rows_grow"].judge(many / few) != "exceeded", (few, many)
