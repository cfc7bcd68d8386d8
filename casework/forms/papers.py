"""What is asked for in a notice of missing papers, as both programmes tell it."""

from casework.rules.casefile import Move
from casework.rules.text import Text

_EXPLAINED = Text("\n\n说明：{explanation}", "\n\nExplanation: {explanation}")
_NOTHING = Text("", "")


def explained(move: Move) -> Text:
    """What the office explains beside the papers for which it asks; nothing where it does not."""
    said = move.sealed.get("explanation")
    return _EXPLAINED.with_(explanation=said) if said else _NOTHING
