"""The Rasa server: ``python -m whichpath.server.serve``. Started and supervised by whichpath/server/run.py.

Calls Rasa's own start-up function rather than its command line, which would import the training side too.
"""

from __future__ import annotations

from whichpath.console import fail
from whichpath.server import connectors, lean, quick
from whichpath.server.begin import begin
from whichpath.server.train import newest_model
from whichpath.settings import ROOT, Settings


def main() -> None:
    """Serves the newest model until a signal."""
    settings, token = begin()
    model = newest_model()
    if model is None:
        fail("There is no model in models/: run `make train`.")

    lean.install(model)
    quick.install()
    connectors.install()
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    if endpoints.action is not None and settings.action_port != Settings().action_port:
        endpoints.action.url = f"{settings.action_url}/webhook"
    if endpoints.action is not None:
        # In a header: a token in the URL would be logged.
        endpoints.action.headers["Authorization"] = f"Bearer {token}"
    serve_application(
        model_path=str(model),
        interface=settings.host,
        port=settings.port,
        credentials=str(ROOT / "credentials.yml"),
        endpoints=endpoints,
        enable_api=False,
        cors=None,
    )


if __name__ == "__main__":
    main()
