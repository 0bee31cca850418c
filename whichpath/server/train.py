"""Trains a model if the newest one does not match its sources: ``make train``.

Rasa's own output (a few hundred lines) goes to var/train.log; the terminal shows one line a step.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import re
import sys
import tarfile
import time
import traceback
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from whichpath.console import Stop, done, fail, one_line, step
from whichpath.server.checks import TRAINED, check_content, check_yaml
from whichpath.settings import CHILD_ENVIRONMENT, MODELS, ROOT, VAR

#: model file -> digest of its sources
RECORD = MODELS / ".made_of.json"
LOG = VAR / "train.log"
KEEP = 3
_COMPONENT = re.compile(r"Starting to train component '(\w+)'")


def sources() -> Iterator[Path]:
    """The sources of a model: configuration, domain, training data, components."""
    for name in (*TRAINED, "whichpath/nlu"):
        place = ROOT / name
        paths = [place] if place.is_file() else sorted(place.rglob("*"))
        yield from (p for p in paths if p.is_file() and p.suffix in (".yml", ".yaml", ".py", ".json", ".txt"))


def digest() -> str:
    """A digest of the sources; independent of modification times."""
    total = hashlib.sha256()
    for path in sources():
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def newest_model() -> Path | None:
    """The newest model, which is served."""
    models = list(MODELS.glob("*.tar.gz"))
    return max(models, key=lambda p: p.stat().st_mtime) if models else None


def recorded() -> dict[str, str]:
    """The content of :data:`RECORD`; empty if it is missing or unreadable."""
    try:
        return dict(json.loads(RECORD.read_text()))
    except (OSError, ValueError):
        return {}


def is_whole(model: Path) -> bool:
    """Whether the file can be unpacked; an interrupted copy or a full disk leaves one that cannot."""
    try:
        with tarfile.open(model) as archive:
            return any(name.endswith("metadata.json") for name in archive.getnames())
    except (OSError, EOFError, tarfile.TarError, zlib.error):
        return False


def is_current() -> bool:
    """Whether the newest model is complete and matches its sources.

    A model trained by hand has no record, so its modification time is compared.
    """
    model = newest_model()
    if model is None or not is_whole(model):
        return False
    known = recorded().get(model.name)
    if known is not None:
        return known == digest()
    made = model.stat().st_mtime
    return all(path.stat().st_mtime <= made for path in sources())


class _Steps(logging.Handler):
    """Prints one line for every component that starts training."""

    def __init__(self, out: TextIO) -> None:
        super().__init__(logging.INFO)
        self.out = out

    def emit(self, record: logging.LogRecord) -> None:
        found = _COMPONENT.match(record.getMessage())
        if found:
            step(f"  learning: {found[1]}", self.out)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _redirect(out: int, errors: int) -> None:
    """Sends standard output and standard error to these descriptors."""
    os.dup2(out, 1)
    os.dup2(errors, 2)


@contextlib.contextmanager
def _quiet(log: Path) -> Iterator[TextIO]:
    """Sends everything that Rasa and its libraries print to ``log``; yields the real terminal."""
    log.parent.mkdir(exist_ok=True)
    _flush()
    kept = os.dup(1), os.dup(2)
    with open(log, "w", encoding="utf-8") as file, os.fdopen(os.dup(1), "w", encoding="utf-8") as terminal:
        _redirect(file.fileno(), file.fileno())
        try:
            yield terminal
        finally:
            _flush()
            _redirect(*kept)
            for descriptor in kept:
                os.close(descriptor)


def _last_line(log: Path) -> str:
    """The last line of Rasa's output before the error."""
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return re.sub(r"\x1b\[[0-9;]*m", "", lines[-1]) if lines else "no message"


def _reason(error: BaseException) -> str:
    """The cause of ``error``: Rasa wraps the exception of a component twice."""
    from rasa.shared.exceptions import RasaException

    while error.__cause__ is not None:
        error = error.__cause__
    reason = one_line(error)
    return reason if isinstance(error, RasaException) and reason else f"{type(error).__name__}: {reason}"


def _train() -> Path:
    """Trains in this process. Returns the model.

    Raises:
        Stop: Rasa cannot train; one line with its reason.
    """
    try:
        with _quiet(LOG) as terminal:
            logging.basicConfig(level=logging.WARNING)
            import structlog

            structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
            hooks = logging.getLogger("rasa.engine.training.hooks")
            hooks.setLevel(logging.INFO)
            hooks.addHandler(_Steps(terminal))
            import rasa.model_training

            result = rasa.model_training.train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "data")],
                output=str(MODELS),
            )
    except SystemExit:
        raise Stop(f"Training failed: {one_line(_last_line(LOG))} (details: var/train.log)") from None
    except Exception as error:
        with LOG.open("a", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
        raise Stop(f"Training failed: {_reason(error)} (details: var/train.log)") from None
    if result.code != 0 or not result.model:
        raise Stop(f"Training failed: {one_line(_last_line(LOG))} (details: var/train.log)")
    return Path(result.model)


def _remember(model: Path, made_of: str) -> None:
    """Records the digest of ``model``; removes all recorded models but the newest few."""
    record = {**recorded(), model.name: made_of}
    ours = sorted((p for p in MODELS.glob("*.tar.gz") if p.name in record), key=lambda p: p.stat().st_mtime)
    for old in ours[:-KEEP]:
        old.unlink(missing_ok=True)
    kept = {p.name for p in ours[-KEEP:]}
    RECORD.write_text(json.dumps({name: value for name, value in record.items() if name in kept}, indent=1))


def train_if_needed(force: bool = False) -> Path:
    """The model to serve, trained if necessary.

    Raises:
        Stop: a file is broken, or the training failed.
    """
    check_content()
    MODELS.mkdir(exist_ok=True)
    VAR.mkdir(exist_ok=True)
    # Two concurrent commands train once, not twice.
    with open(VAR / ".train.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not force and is_current():
            model = newest_model()
            assert model is not None
            return model
        check_yaml()
        made_of = digest()
        step("Training the model: no model fits the present files (five to ten minutes)")
        began = time.monotonic()
        model = _train()
        _remember(model, made_of)
        done(f"Model {model.name} trained in {time.monotonic() - began:.0f} s")
        return model


def main(arguments: Sequence[str] | None = None) -> None:
    """``make train``: with ``--if-needed`` only where the model is out of date."""
    for name, value in CHILD_ENVIRONMENT.items():
        if name != "OMP_NUM_THREADS":  # training may use every core
            os.environ.setdefault(name, value)
    try:
        train_if_needed(force="--if-needed" not in (sys.argv[1:] if arguments is None else arguments))
    except Stop as fault:
        fail(str(fault))
    except KeyboardInterrupt:
        fail("Stopped before the model was trained.", 130)


if __name__ == "__main__":
    main()
