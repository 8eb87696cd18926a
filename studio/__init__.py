"""The page: theme, pad, one file a tab, the API endpoints."""

import os

from studio import zerogpu  # noqa: F401  before anything imports torch

# Gradio reads these when it is imported. Nothing is sent anywhere; and of past calls, which nobody
# here looks at, one is remembered for ten thousand, and no summary is made of them at every call.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
