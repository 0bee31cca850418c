"""The actions of ``domain.yml``. What is said is decided in ``whichpath/pathway``; here each one has a name."""

from __future__ import annotations

from actions.base import PathwayAction
from whichpath.library.entries import Answers
from whichpath.library.situation import Situation
from whichpath.pathway import conversation
from whichpath.pathway.talk import Talk
from whichpath.pathway.turn import Dialogue, Reading, Turn


class ActionPath(PathwayAction):
    """What somebody wants done, tells or corrects: asks what is still open, or tells the path."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_path"


class ActionAnswer(PathwayAction):
    """Answers a question from the library."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_answer"


class ActionQuestion(PathwayAction):
    """About the open question: yes, no, not sure, why."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_question"


class ActionClarify(PathwayAction):
    """Asks back with examples, then with the nearest questions, then refers to a person."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_clarify"


class ActionSafety(PathwayAction):
    """Goes on after danger help, which the rules send without this server: the question in the same message."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_safety"


class ActionSession(PathwayAction):
    """Erases, starts anew or refuses, where that is sure; asks back or answers where it is not."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_session"


class ActionRestart(PathwayAction):
    """Starts anew. Takes the place of Rasa's own action of this name, which asks nobody."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_restart"


class ActionResume(PathwayAction):
    """Puts the open question again after small talk; says nothing where none is open."""

    def name(self) -> str:
        """As in ``domain.yml``."""
        return "action_resume"

    def answer(self, reading: Reading, known: Situation, dialogue: Dialogue, answers: Answers) -> Turn:
        """Only the open question."""
        return conversation.resume(Talk(reading, known, dialogue, answers))
