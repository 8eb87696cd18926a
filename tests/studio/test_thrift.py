"""What the app does without."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

STORES = """
import ctypes, sys, threading
import studio

barrier = threading.Barrier(9)

def work():
    kept = [bytes(1000) for _ in range(1000)]
    barrier.wait()

for _ in range(8):
    threading.Thread(target=work).start()
barrier.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc's stores of memory")
def test_threads_share_two_stores_of_memory(tmp_path: Path) -> None:
    told = tmp_path / "stores.xml"
    own = {k: v for k, v in os.environ.items() if k != "MALLOC_ARENA_MAX"}
    subprocess.run([sys.executable, "-c", STORES, told], cwd=ROOT, env=own, check=True, timeout=60)
    assert told.read_text().count("<heap nr=") == 2
