"""Validates files before training and start.

Rasa skips some broken files with a warning and trains without them, so every YAML file is read here first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from whichpath.console import Stop, one_line
from whichpath.library.files import Loader
from whichpath.settings import ROOT

#: The sources of a model besides the code in nlu/. `content/` is read at start, not trained.
TRAINED = ("config.yml", "domain.yml", "data")


def yaml_files() -> Iterator[Path]:
    """The bot's YAML files, in a fixed order."""
    for name in (*TRAINED, "content", "endpoints.yml", "credentials.yml"):
        place = ROOT / name
        if place.is_dir():
            yield from sorted(p for p in place.rglob("*") if p.suffix in (".yml", ".yaml"))
        elif place.exists():
            yield place


def check_yaml() -> int:
    """Reads every YAML file. Returns their number.

    Raises:
        Stop: one is missing or not YAML; names file and line.
    """
    for name in TRAINED:
        if not (ROOT / name).exists():
            raise Stop(f"{name} is missing.")
    number = 0
    for path in yaml_files():
        number += 1
        where = path.relative_to(ROOT)
        try:
            yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe one
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise Stop(f"{where}{line}: {one_line(getattr(error, 'problem', None) or error)}.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise Stop(f"{where}: cannot be read ({one_line(error)}).") from None
    return number


def check_content() -> int:
    """Loads the answer cards, the states and the channels' own words. Returns the number of cards.

    Raises:
        Stop: a file does not fit its schema; names file, card and field.
    """
    from whichpath.library.channel_words import load_channel_words
    from whichpath.library.entries import load_answers
    from whichpath.library.files import ContentError
    from whichpath.library.organisation import load_organisation_texts
    from whichpath.library.phrases import load_phrases
    from whichpath.library.states.packs import load_states
    from whichpath.library.wording_reminders import load_wording as load_reminders
    from whichpath.pathway.compose import Composer
    from whichpath.pathway.routes import check_paths
    from whichpath.registry import channels, load

    try:
        answers = load_answers()
        lacks = check_paths(answers)
        Composer(load_states())
        for load_words in (load_organisation_texts, load_channel_words, load_phrases, load_reminders):
            load_words()
        for words in (path for channel in channels() for path in channel.words):
            load(words)()
    except ContentError as error:
        raise Stop(f"content: {one_line(error)}") from None
    if lacks:
        raise Stop(f"content: {lacks[0]}")
    return len(answers)
