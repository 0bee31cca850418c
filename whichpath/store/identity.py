"""Identity of conversations: pseudonyms instead of raw ids, and signed session ids."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from whichpath.settings import ROOT, read_settings

KEY_FILE = ROOT / "var" / "secret"
#: Seconds that a web session id is valid.
SESSION_SECONDS = 24 * 3600


@lru_cache(maxsize=1)
def key() -> bytes:
    """The project's key: ``WHICHPATH_SECRET``, or generated once in ``var/secret`` (mode 0600).

    Several machines need the variable: with different keys a person would get a different pseudonym on each.

    Raises:
        BadSetting: the variable is shorter than 16 characters.
    """
    given = read_settings().secret
    return given.encode() if given else _key_in(KEY_FILE)


def _key_in(path: Path) -> bytes:
    """The key in ``path``, generated if missing; with two processes at once one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes().strip()


def key_before() -> bytes | None:
    """The previous key, while people who wrote under it may write again: ``WHICHPATH_SECRET_BEFORE``."""
    given = read_settings().secret_before
    return given.encode() if given else None


def _sign(purpose: str, value: str, secret: bytes | None = None) -> str:
    # Lone surrogates can come in through JSON: an odd id is still an id.
    text = f"{purpose}\0{value}".encode(errors="surrogatepass")
    return hmac.new(secret or key(), text, hashlib.sha256).hexdigest()[:40]


def action_token(environment: Mapping[str, str] = os.environ) -> str:
    """The token that Rasa sends to the action server: ``WHICHPATH_ACTION_TOKEN``, or derived from the project's key.

    Raises:
        BadSetting: the variable is shorter than 16 characters, or contains characters that a header cannot carry.
    """
    given = read_settings(environment).action_token
    return given or hmac.new(key(), b"whichpath action token v1", hashlib.sha256).hexdigest()


def pseudonym(channel: str, raw_id: str) -> str:
    """The conversation id that Rasa and the database see. The raw id cannot be recovered from it."""
    return f"{channel}:{_sign(f'sender:{channel}', raw_id)}"


def pseudonym_before(channel: str, raw_id: str) -> str | None:
    """The pseudonym under the previous key; ``None`` where there is none."""
    before = key_before()
    return f"{channel}:{_sign(f'sender:{channel}', raw_id, before)}" if before else None


def new_session(now: float | None = None) -> str:
    """A session id for a browser: ``<random>.<issued>.<signature>``."""
    body = f"{secrets.token_urlsafe(18)}.{int(time.time() if now is None else now)}"
    return f"{body}.{_sign('session', body)}"


def session_sender(session: object, now: float | None = None) -> str | None:
    """The conversation id of a valid session id; ``None`` where it is forged, expired or malformed."""
    if not isinstance(session, str) or len(session) > 200 or session.count(".") != 2 or not session.isascii():
        return None
    body, _, signature = session.rpartition(".")
    if not hmac.compare_digest(_sign("session", body).encode(), signature.encode()):
        return None
    random, _, issued = body.partition(".")
    age = (time.time() if now is None else now) - int(issued)
    return pseudonym("web", random) if -60 <= age <= SESSION_SECONDS else None
