"""Questions on the way: a card is told, then the open question comes back."""

from actions.base import PathwayAction


class ActionTopic(PathwayAction):
    """Answers a topic from the library."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_topic"
