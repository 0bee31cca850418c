"""Names of the slots, in one place. A test checks them against ``domain.yml``."""

SITUATION = ("matter", "role", "stage", "side", "state", "hearing_date")
FLAGS = "flags"
DIALOGUE = "dialogue"
ALL = (*SITUATION, FLAGS, DIALOGUE)
