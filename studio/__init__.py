"""The page: theme, pad, one file a tab, the API endpoints."""

import contextlib
import ctypes
import os
import sys

from studio import zerogpu  # noqa: F401  before anything imports torch

# Gradio reads these when it is imported. Nothing is sent anywhere; and of past calls, which nobody
# here looks at, one is remembered for ten thousand, and no summary is made of them at every call.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")

# glibc gives every thread a store of memory of its own and hardly takes any back. With two stores
# for all of them the app needs a hundred megabytes less, and hardly grows.
_M_ARENA_MAX, _STORES = -8, 2
if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _STORES)
