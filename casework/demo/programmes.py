"""The programmes that show themselves in the demonstration."""

import importlib
from collections.abc import Mapping
from importlib.util import find_spec

from casework import workflows
from casework.stories.story import Demonstration
from casework.work import workflow_registry


def demonstrations() -> Mapping[str, Demonstration]:
    """Return what each programme says of its demonstration, by key; some have none."""
    shown = {}
    for workflow in workflow_registry.latest():
        package = f"{workflows.__name__}.{workflow.key}"
        if find_spec(package) and find_spec(f"{package}.demonstration"):
            shown[workflow.key] = importlib.import_module(f"{package}.demonstration").DEMONSTRATION
    return shown
