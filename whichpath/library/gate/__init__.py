"""The content gate: every rule on the wording and structure of ``content/``.

``make content`` prints the faults; ``tests/content`` calls the same functions. The rules on wording are in
:mod:`~whichpath.library.gate.words`, those on cross-references in :mod:`~whichpath.library.gate.whole`, those on
state rules in :mod:`~whichpath.library.gate.states`, those on Spanish texts in
:mod:`~whichpath.library.gate.spanish`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from whichpath.library.entries import Entry
from whichpath.library.files import ContentError, read_yaml, validated
from whichpath.library.gate import spanish, states, whole, words
from whichpath.library.gate.fault import Fault
from whichpath.settings import ROOT

__all__ = ["Fault", "faults"]


def entries_of(content: Path) -> Iterator[tuple[str, Entry | Fault]]:
    """Every entry, or the fault that its schema reports, with its file."""
    for path in sorted([*(content / "questions").glob("*.yml"), *(content / "paths").glob("*.yml")]):
        file = f"{path.parent.name}/{path.name}"
        rows = read_yaml(path)
        if not isinstance(rows, list):
            yield file, Fault(file, "", "", "a list of entries is expected")
            continue
        for number, row in enumerate(rows, 1):
            name = str(row.get("id", number)) if isinstance(row, dict) else str(number)
            try:
                yield file, validated(Entry, row, f"{file}, entry {name}")
            except ContentError as error:
                yield file, Fault(file, name, "", str(error).removeprefix(f"{file}, entry {name}, "))


def faults(root: Path = ROOT) -> Iterator[Fault]:
    """Every fault in the content of the project at ``root``, file by file.

    Raises:
        ContentError: a file cannot be read at all.
    """
    content = root / "content"
    read: list[tuple[str, Entry]] = []
    broken: set[str] = set()
    for file, entry in entries_of(content):
        if isinstance(entry, Fault):
            broken.add(entry.entry)
            yield entry
            continue
        read.append((file, entry))
        yield from words.faults(file, entry)
    # An entry that failed to parse must not also be reported as missing.
    together = [*whole.faults(root, read), *spanish.faults(root, [entry for _file, entry in read])]
    yield from (fault for fault in together if fault.entry not in broken)
    for path in sorted((content / "rules").glob("*.yml")):
        yield from states.faults(path)
