"""About the open question: not sure, why do you ask, yes, no."""

from actions.base import PathwayAction


class ActionQuestion(PathwayAction):
    """Explains, skips or takes a bare yes or no."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_question"
