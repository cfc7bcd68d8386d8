"""A workflow as a Mermaid state diagram."""

from casework.rules.grammar import NEW, STAY, Workflow
from casework.rules.text import Language


def mermaid(workflow: Workflow, language: Language) -> str:
    """Mermaid text: states by title, edges by title and roles, closed states leading out."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state.name} : {_quiet(state.title.in_(language))}" for state in workflow.states]
    for edge in workflow.transitions:
        # What can be done everywhere and leads nowhere says nothing of the way.
        if edge.to == STAY and len(edge.sources) == len(workflow.states):
            continue
        roles = ", ".join(role.told.in_(language) for role in edge.by)
        label = _quiet(f"{edge.title.in_(language)} ({roles})")
        for source in edge.sources:
            lines.append(f"    {'[*]' if source == NEW else source} --> {edge.leads_to(source)} : {label}")
    lines += [f"    {state.name} --> [*]" for state in workflow.states if state.final]
    return "\n".join(lines) + "\n"


def _quiet(label: str) -> str:
    """A label without the characters that Mermaid reads."""
    return label.replace(":", "：").replace(";", "；")
