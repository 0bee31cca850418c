"""What a program shows to use REST where it is open to more than this machine."""

from __future__ import annotations

TOKEN = "only-for-tests-and-measuring"  # noqa: S105 - opens no server but those that are started here
ENVIRONMENT = {"WHICHPATH_REST": "open", "WHICHPATH_REST_TOKEN": TOKEN}
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
