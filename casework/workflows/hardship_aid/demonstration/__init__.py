"""Invented dossiers for the demonstration: households that ask, how they are decided on, paid and taken off again.

Dossiers begin with the unions below the province's, and a household has one.
"""

from typing import Final

from casework.stories.story import Demonstration
from casework.workflows.hardship_aid.demonstration.course import tell

DEMONSTRATION: Final = Demonstration(share=1, tell=tell, opened_at=lambda place: place.kind != "province", once=True)
