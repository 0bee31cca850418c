"""The tiny bot of the channels' tests serves here too."""

from tests.channels.conftest import tiny_model  # noqa: F401
