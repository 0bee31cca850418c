"""Names of the slots, in one place. A test checks them against ``domain.yml``."""

SITUATION = ("matter", "role", "stage", "outcome", "order_type", "side", "state", "hearing_date")
FLAGS = "flags"
DIALOGUE = "dialogue"
#: The open question by name, for the stories.
OPEN_QUESTION = "open_question"
#: The language of the newest message in one: filled by Rasa from the entity.
LANGUAGE = "language"
ALL = (*SITUATION, FLAGS, DIALOGUE, OPEN_QUESTION, LANGUAGE)
