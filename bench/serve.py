"""What the studio costs beside Gradio itself: `python -m bench.serve`.

The same app is asked for its own answers and for an echo: an endpoint with the same inputs and
outputs that does nothing between them. Calls alternate, so that a busy moment hits both alike, and
what counts are the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from gradio_client import Client, handle_file
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.latency import medians, sketch
from tests import browser as browsers
from tests.conftest import ROOT, answers, free_port

Row = tuple[str, str, float, float, float]  # what, against, ours, theirs, target

EMPTY = """
import os
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
import sys, torch, gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    pass
page.launch(server_port=int(sys.argv[1]), ssr_mode=False)
"""


# -- the servers ----------------------------------------------------------------------------------


def serve(port: int, page_is_echo: bool) -> None:
    """The app with echoes beside its endpoints; its pad may be wired to the echo, too."""
    import gradio as gr

    import studio.page
    import studio.serving
    from app import NETS
    from model import Classifier, Reading, Wanted, load_models
    from studio.pictures import DigitImage, ink_on_paper

    models = load_models(*(Wanted(Path("weights") / kind) for kind in NETS))
    if page_is_echo:
        even = (0.1,) * 10
        blank = np.zeros((28, 28), np.uint8)

        class Echo(Classifier):
            def classify(self, pictures: Any) -> list[Reading]:
                return [Reading(3, even, 1.0, blank + 1) for _ in pictures]

        models.classifier.__class__ = Echo
    page = studio.page.build(models)
    digits = ink_on_paper(models.generator.sample([7] * 100, seed=1))  # as much to compress
    reading = {"label": 3, "probabilities": [0.1] * 10, "digit_score": 1.0}

    def echo_classify(image: Image.Image | None) -> dict[str, Any]:
        """The same kind of answer, without looking."""
        return reading

    def echo_generate(count: int) -> list[Image.Image]:
        """As many pictures."""
        return digits[: int(count)]

    with page:
        image = DigitImage(visible=False, type="pil", label="image")
        gr.on([], echo_classify, image, gr.JSON(visible=False), api_name="echo_classify")
        gallery = gr.Gallery(visible=False, format="png")
        count = gr.Number(visible=False)
        gr.on([], echo_generate, count, gallery, api_name="echo_generate")
    studio.serving.launch(page, server_port=port)
    while True:
        time.sleep(1)


@contextmanager
def started(
    *command: str, **variables: str
) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """A server's address, its process, and the seconds to its first answer."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command, str(port)],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
    )
    try:
        while not answers(url):
            if process.poll() is not None:
                sys.exit(f"{' '.join(command)} did not start.")
            time.sleep(0.02)
        yield url, process, time.perf_counter() - begin
    finally:
        process.terminate()
        process.wait()


# -- what is measured -----------------------------------------------------------------------------


def by_client(url: str, file: Path, repeats: int) -> list[Row]:
    """Endpoints through `gradio_client`, one call after the other."""
    client = Client(url, verbose=False)
    found = medians(
        {
            "classify": lambda: client.predict(handle_file(str(file)), api_name="/classify"),
            "echo": lambda: client.predict(handle_file(str(file)), api_name="/echo_classify"),
        },
        repeats,
    )
    return [("/classify, gradio_client, ms", "echo", found["classify"], found["echo"], 1.15)]


async def call(client: httpx.AsyncClient, name: str, data: list[Any]) -> str:
    """One call of an endpoint by plain HTTP: the question, and the stream with its answer."""
    asked = await client.post(f"/gradio_api/call/{name}", json={"data": data})
    asked.raise_for_status()
    answer = await client.get(f"/gradio_api/call/{name}/{asked.json()['event_id']}")
    if "event: complete" not in answer.text:
        raise RuntimeError(f"{name}: {answer.text[:200]}")
    return answer.text


async def alternately(
    first: Callable[[], Awaitable[object]], second: Callable[[], Awaitable[object]], repeats: int
) -> tuple[float, float]:
    """Median milliseconds of each."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 5):
        for which, ask in enumerate((first, second)):
            begin = time.perf_counter()
            await ask()
            if turn >= 5:
                times[which].append(1000 * (time.perf_counter() - begin))
    return statistics.median(times[0]), statistics.median(times[1])


async def throughput(
    client: httpx.AsyncClient, name: str, data: list[Any], clients: int, requests: int
) -> float:
    """Requests a second of so many clients at once."""
    left = iter(range(requests))

    async def one() -> None:
        for _ in left:
            await call(client, name, data)

    begin = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(clients)))
    return requests / (time.perf_counter() - begin)


async def by_http(url: str, picture: dict[str, str], repeats: int) -> list[Row]:
    """Endpoints by plain HTTP: one after the other, and many at once."""
    rows: list[Row] = []
    # Less than the 5 s after which the server hangs up: else a call may meet a closing door.
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200, keepalive_expiry=3)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=120) as client:
        ours, theirs = await alternately(
            lambda: call(client, "classify", [picture]),
            lambda: call(client, "echo_classify", [picture]),
            repeats,
        )
        rows.append(("/classify, plain HTTP, ms", "echo", ours, theirs, 1.15))
        for count, seed in ((5, None), (100, None), (5, 1), (100, 1)):
            asked = [7, count, seed, 1.0]
            ours, theirs = await alternately(
                lambda asked=asked: call(client, "generate", asked),  # type: ignore[misc]
                lambda count=count: call(client, "echo_generate", [count]),  # type: ignore[misc]
                max(20, repeats // (1 if count == 5 else 4)),
            )
            what = f"/generate of {count}, {'a new seed' if seed is None else 'the same seed'}, ms"
            rows.append((what, f"echo of {count}", ours, theirs, 1.3))
        for clients in (1, 8, 32, 64):
            rates: dict[str, list[float]] = {"classify": [], "echo_classify": []}
            for _ in range(3):
                for name, found in rates.items():
                    found.append(
                        await throughput(client, name, [picture], clients, max(repeats, clients))
                    )
            ours, theirs = (statistics.median(found) for found in rates.values())
            rows.append((f"requests a second, {clients} clients", "echo", ours, theirs, 0.85))
    return rows


def against_onnx(repeats: int) -> list[Row]:
    """Preparation and net for one sketch on one core, beside the same net in ONNX Runtime."""
    import onnxruntime
    import torch

    from model import load_classifier, prepare
    from train.compress import export_onnx

    torch.set_num_threads(1)
    classifier, picture = load_classifier(), sketch()
    with tempfile.TemporaryDirectory() as folder:
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        file = Path(folder) / "reader.onnx"
        export_onnx(classifier.net, file)
        session = onnxruntime.InferenceSession(str(file), settings)

        def theirs() -> object:
            pixels = prepare(picture)
            assert pixels is not None
            return session.run(None, {"digit": pixels[None, None].astype(np.float32) / 255})

        found = medians({"ours": lambda: classifier.classify([picture]), "onnx": theirs}, repeats)
    return [("prepare and read, one core, ms", "ONNX Runtime", found["ours"], found["onnx"], 1.1)]


def cold_starts(repeats: int) -> list[Row]:
    """From the start of the process to the first answer, in seconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as empty:
        empty.write(EMPTY)
        empty.flush()
        ours, theirs = [], []
        for _ in range(repeats):
            with started("app.py", "--port") as (_, _, seconds):
                ours.append(seconds)
            with started(empty.name) as (_, _, seconds):
                theirs.append(seconds)
    pair = statistics.median(ours), statistics.median(theirs)
    return [("cold start, s", "gradio, torch, empty page", *pair, 1.15)]


def _load(page: Page, url: str, ready: str) -> tuple[float, float, float]:
    """Bytes, requests and seconds until `ready` is on the page."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    begin = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(ready)
    seconds = time.perf_counter() - begin
    page.wait_for_timeout(1500)
    return sum(sizes), len(sizes), seconds


def first_loads(url: str, repeats: int) -> list[Row]:
    """The page's first load beside that of an empty one."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file, sync_playwright() as playwright:
        file.write(EMPTY)
        file.flush()
        browser = playwright.chromium.launch(
            executable_path=browsers.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        found: dict[str, list[tuple[float, float, float]]] = {"ours": [], "theirs": []}
        with started(file.name) as (empty, _, _):
            for _ in range(repeats):
                for name, where, ready in (
                    ("ours", url, "#pad canvas.pad"),
                    ("theirs", empty, "footer"),
                ):
                    context = browser.new_context()  # nothing in its cache
                    found[name].append(_load(context.new_page(), where, ready))
                    context.close()
        browser.close()
    ours, theirs = (
        [statistics.median(column) for column in zip(*rows, strict=True)] for rows in found.values()
    )
    return [
        ("first load, kB", "an empty page", ours[0] / 1e3, theirs[0] / 1e3, 1.15),
        ("first load, requests", "an empty page", ours[1], theirs[1], 1.15),
        ("first load, s to drawable", "an empty page", ours[2], theirs[2], 1.2),
    ]


STROKE = """async (turn) => {
    const pad = document.querySelector("#pad canvas.pad");
    const box = pad.getBoundingClientRect();
    const fire = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, {
        bubbles: true, pointerId: 1, button: 0, clientX: box.left + x * box.width,
        clientY: box.top + y * box.height,
    }));
    pad.setPointerCapture = () => {};
    document.querySelector("#pad .clear").click();
    const said = document.querySelector("#pad .certainty");
    while (said.textContent !== "Nothing drawn yet.") await new Promise(requestAnimationFrame);
    fire("pointerdown", 0.3, 0.2);
    fire("pointermove", 0.7, 0.2);
    fire("pointermove", 0.45 + turn % 7 / 100, 0.8);
    await new Promise((done) => setTimeout(done, 120)); // what was asked while drawing is answered
    const canvas = document.querySelector("#pad .seen canvas").getContext("2d");
    let shown = 0;
    const drawImage = canvas.drawImage.bind(canvas);
    canvas.drawImage = (...what) => { drawImage(...what); shown = performance.now(); };
    fire("pointermove", 0.45 + turn % 7 / 100, 0.85);
    const begin = performance.now();
    fire("pointerup", 0.45, 0.85);
    while (!shown) await new Promise((done) => setTimeout(done));
    await new Promise(requestAnimationFrame);
    delete canvas.drawImage;
    return performance.now() - begin;
}"""


FRAME = """(moving) => new Promise((done) => {
    const plane = document.querySelector("#map .plane");
    const box = plane.getBoundingClientRect();
    const times = [];
    const move = (now) => {
        times.push(now);
        const clientX = box.left + (times.length * 7) % box.width;
        const at = { bubbles: true, clientX, clientY: box.top + box.height / 2 };
        if (moving) plane.dispatchEvent(new PointerEvent("pointermove", at));
        if (times.length <= 60) requestAnimationFrame(move);
        else done((times.at(-1) - times[0]) / (times.length - 1));
    };
    requestAnimationFrame(move);
})"""


def on_the_map(url: str, repeats: int) -> list[Row]:
    """A frame of the screen while the pointer moves over the map, beside one where it rests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(url)
        page.get_by_role("tab", name="Map").click()
        page.wait_for_selector("#map .map[data-ready]")
        pairs = [(page.evaluate(FRAME, True), page.evaluate(FRAME, False)) for _ in range(repeats)]
        browser.close()
    moving, resting = (statistics.median(times) for times in zip(*pairs, strict=True))
    return [("a frame of the Map, ms", "the same page at rest", moving, resting, 1.09)]  # 55 of 60


def pen_up(repeats: int) -> list[Row]:
    """From lifting the pen to the answer on the screen, beside the same page wired to the echo."""
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    with (
        started("-m", "bench.serve", "--serve") as (url, _, _),
        started("-m", "bench.serve", "--echo", "--serve") as (echo, _, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=browsers.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(reduced_motion="reduce")
        pages = {}
        for name, where in (("ours", url), ("theirs", echo)):
            pages[name] = context.new_page()
            pages[name].goto(where)
            pages[name].wait_for_selector("#pad canvas.pad")
            pages[name].wait_for_timeout(1000)
        for turn in range(repeats):
            for name, page in pages.items():
                page.bring_to_front()
                times[name].append(page.evaluate(STROKE, turn))
        browser.close()
    ours, theirs = (statistics.median(found[5:]) for found in times.values())
    return [("pen up to label shown, ms", "the page wired to the echo", ours, theirs, 1.2)]


def _megabytes(process: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(float(line.split()[1]) / 1e3 for line in status.splitlines() if "VmRSS" in line)


async def _mixed(url: str, picture: dict[str, str], requests: int) -> None:
    asked: list[tuple[str, list[Any]]] = [
        ("classify", [picture]),
        ("generate", [7, 5, None, 1.0]),
        ("write_number", ["2026", None, 1.0, None, None]),
        ("restyle", [picture, None]),
    ]
    left = iter(range(requests))
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:

        async def one() -> None:
            for i in left:
                await call(client, *asked[i % len(asked)])

        await asyncio.gather(*(one() for _ in range(8)))


def memory(picture: dict[str, str], many: int) -> list[Row]:
    """After many mixed requests, beside after a tenth of them; and what is left on the disk."""
    with (
        tempfile.TemporaryDirectory() as folder,
        started("-m", "bench.serve", "--serve", GRADIO_TEMP_DIR=folder) as (url, process, _),
    ):
        asyncio.run(_mixed(url, picture, many // 10))
        before = _megabytes(process)
        asyncio.run(_mixed(url, picture, many - many // 10))
        after = _megabytes(process)
        files = sum(1 for file in Path(folder).rglob("*") if file.is_file())
    print(f"temporary files after {many} requests, tidied after an hour: {files}", file=sys.stderr)
    return [(f"memory after {many} requests, MB", f"after {many // 10}", after, before, 1.05)]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.serve", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--serve", type=int, metavar="PORT", help=argparse.SUPPRESS)
    parser.add_argument("--echo", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=200, help="calls a row (default 200)")
    parser.add_argument("--starts", type=int, default=5, help="cold starts (default 5)")
    parser.add_argument("--many", type=int, default=10_000, help="requests for the memory's row")
    parser.add_argument("--only", nargs="+", help="groups of rows", choices=GROUPS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.echo)
    groups = given.only or list(GROUPS)
    png = io.BytesIO()
    sketch().save(png, "PNG")
    picture = {"url": "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()}
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sketch.png"
        file.write_bytes(png.getvalue())
        if {"api", "load"} & set(groups):
            with started("-m", "bench.serve", "--serve") as (url, _, _):
                if "api" in groups:
                    rows += by_client(url, file, given.repeats)
                    rows += asyncio.run(by_http(url, picture, given.repeats))
                if "load" in groups:
                    rows += first_loads(url, given.starts)
                    rows += on_the_map(url, given.starts)
    if "onnx" in groups:
        rows += against_onnx(given.repeats)
    if "start" in groups:
        rows += cold_starts(given.starts)
    if "pen" in groups:
        rows += pen_up(given.repeats)
    if "memory" in groups:
        rows += memory(picture, given.many)
    print("| what | against | ours | theirs | ratio | target |\n|---|---|---|---|---|---|")
    for what, against, ours, theirs, target in rows:
        sign = "≥" if target < 1 else "≤"
        ratio = ours / theirs
        print(f"| {what} | {against} | {ours:.2f} | {theirs:.2f} | {ratio:.2f} | {sign} {target} |")


GROUPS = ("api", "onnx", "start", "load", "pen", "memory")

if __name__ == "__main__":
    main()
