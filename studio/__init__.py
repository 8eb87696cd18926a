"""The page: theme, pad, one file a tab, the API endpoints."""

import os

from studio import zerogpu  # noqa: F401  before anything imports torch

# Gradio reads both when it is imported. Nothing is sent anywhere; and the summary of all past
# events, which nobody here looks at, is not rebuilt at every one (it halves the queue's speed).
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
