"""Not understood: never twice the same words, then a person."""

from actions.base import PathwayAction


class ActionClarify(PathwayAction):
    """Asks back with examples, then with the nearest topics, then refers to a person."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_clarify"
