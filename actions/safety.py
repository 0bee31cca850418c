"""After danger help, which the rules send without this server: the legal answer, then the way on."""

from actions.base import PathwayAction


class ActionSafety(PathwayAction):
    """Goes on after danger help: the legal question in the same message, or the open one."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_safety"
