"""Invented requests for legal aid for the demonstration: what workers ask for, and what becomes of it."""

from typing import Final

from casework.stories.story import Demonstration
from casework.workflows.legal_aid.demonstration.course import tell

DEMONSTRATION: Final = Demonstration(share=3, tell=tell)
