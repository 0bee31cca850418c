"""The result type of the content gate."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault, with its file, entry and field."""

    file: str
    entry: str
    field: str
    text: str

    def __str__(self) -> str:
        place = [self.file, f"entry {self.entry}" if self.entry else "", f"field {self.field}" if self.field else ""]
        return f"{', '.join(part for part in place if part)}: {self.text}"
