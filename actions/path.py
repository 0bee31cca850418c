"""The path: what the person wants done, what they tell of their case, what they correct."""

from actions.base import PathwayAction


class ActionPath(PathwayAction):
    """Asks what is still open, or tells the path."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_path"
