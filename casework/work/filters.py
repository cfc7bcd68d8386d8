"""Words by which lists are filtered: a fault for each that does not exist, which names those that do."""

from collections.abc import Iterable, Mapping

from casework.rules.refusals import Fault
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.service import Transaction

NO_SUCH_ORG = Fault(
    "org",
    "unknown_org",
    Text("没有这个机构；可查询机构列表。", "There is no such organisation; see the list of organisations."),
)


def unknown_workflows(keys: Iterable[str]) -> list[Fault]:
    """Return a fault for each of these that is no workflow."""
    known = {one.key: one.title for one in workflow_registry.latest()}
    return [unknown("workflow", "unknown_workflow", known) for key in keys if key not in known]


def unknown(field: str, code: str, known: Mapping[str, Text]) -> Fault:
    """Return the fault of a field whose value is none of the known ones."""
    zh = "、".join(f"{key}（{title.zh}）" for key, title in known.items())
    en = ", ".join(f"{key} ({title.en})" for key, title in known.items())
    return Fault(field, code, Text(f"没有这个值；可用的有：{zh}。", f"There is no such value; there are: {en}."))


def path_of_org(tx: Transaction, code: str | None) -> str | None:
    """Return the path of the organisation of this code, or None where there is none, or none is asked for."""
    return tx.org_tree.paths.get(code) if code else None
