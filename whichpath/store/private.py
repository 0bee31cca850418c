"""File permissions: our files are readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path


def keep_private(folder: Path | None = None) -> None:
    """Restricts new files of this process, and existing ones in ``folder``, to the current user."""
    os.umask(0o077)
    for path in [folder, *folder.rglob("*")] if folder is not None and folder.exists() else []:
        mode = path.lstat().st_mode
        if mode & 0o077 and not path.is_symlink():
            path.chmod(mode & 0o700)
