"""Files of ours are nobody else's to read."""

from __future__ import annotations

import os
from pathlib import Path


def keep_private(folder: Path | None = None) -> None:
    """What this process writes is for its own user alone; so is what stands in ``folder`` already."""
    os.umask(0o077)
    for path in [folder, *folder.rglob("*")] if folder is not None and folder.exists() else []:
        mode = path.lstat().st_mode
        if mode & 0o077 and not path.is_symlink():
            path.chmod(mode & 0o700)
