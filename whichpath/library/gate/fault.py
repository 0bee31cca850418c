"""What the gate finds."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One thing that is wrong: in which file, in which entry, in which field."""

    file: str
    entry: str
    field: str
    text: str

    def __str__(self) -> str:
        place = [self.file, f"entry {self.entry}" if self.entry else "", f"field {self.field}" if self.field else ""]
        return f"{', '.join(part for part in place if part)}: {self.text}"
