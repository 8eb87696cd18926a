"""The endpoints, through the unmodified client."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from model import Classifier, NumberReader
from tests.strokes import OWN, canvas


@pytest.fixture(scope="module")
def client(app: str) -> Client:
    return Client(app, verbose=False)


def file_of(image: Image.Image, path: Path) -> Any:
    image.save(path)
    return handle_file(str(path))


def opened(entry: Any) -> np.ndarray:
    """A gallery's entry as `(28, 28)` uint8, ink = 255."""
    return 255 - np.asarray(Image.open(entry["image"]).convert("L"))


def test_only_the_named_endpoints_are_public(client: Client) -> None:
    api = client.view_api(return_format="dict", print_info=False)
    assert isinstance(api, dict)
    endpoints = {
        *("/classify", "/read_number", "/restyle"),
        *("/generate", "/mix", "/write_number", "/interpolate", "/info"),
    }
    assert set(api["named_endpoints"]) == endpoints
    assert not api["unnamed_endpoints"]
    for endpoint in api["named_endpoints"].values():
        assert endpoint["description"]
        assert all(parameter["type"] for parameter in endpoint["parameters"])
    names = {
        name: [p["parameter_name"] for p in endpoint["parameters"]]
        for name, endpoint in api["named_endpoints"].items()
    }
    assert names["/classify"] == names["/read_number"] == ["image"]
    assert names["/generate"] == ["digit", "count", "seed", "temperature"]
    assert names["/mix"] == ["first", "second", "share", "count", "seed", "temperature"]
    assert names["/write_number"] == ["text", "seed", "temperature", "image", "digit"]
    assert names["/restyle"] == ["image", "digit"]
    assert names["/interpolate"] == [
        *("start", "end", "steps", "seed", "end_seed", "start_image", "end_image"),
    ]


@pytest.mark.parametrize("digit", [2, 4, 7])
def test_classify(client: Client, tmp_path: Path, digit: int) -> None:
    image = file_of(canvas(OWN[digit]), tmp_path / "digit.png")
    reading = client.predict(image=image, api_name="/classify")
    assert set(reading) == {"label", "probabilities", "digit_score"}
    assert reading["label"] == digit
    assert len(reading["probabilities"]) == 10
    assert sum(reading["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert 0 <= reading["digit_score"] <= 1


def test_classify_a_blank_picture(client: Client, tmp_path: Path) -> None:
    image = file_of(Image.new("L", (50, 50), 255), tmp_path / "blank.png")
    reading = client.predict(image=image, api_name="/classify")
    assert reading["label"] is None
    assert reading["digit_score"] == 0


def test_classify_a_data_url(client: Client, tmp_path: Path) -> None:
    import base64

    canvas(OWN[7]).save(tmp_path / "seven.png")
    data = base64.b64encode((tmp_path / "seven.png").read_bytes()).decode()
    reading = client.predict(image={"url": f"data:image/png;base64,{data}"}, api_name="/classify")
    assert reading["label"] == 7


def test_read_number(client: Client, tmp_path: Path) -> None:
    picture = Image.new("L", (640, 200), 255)
    for i, digit in enumerate((2, 0, 2, 6)):
        picture.paste(canvas(OWN[digit], 150), (20 + 150 * i, 20))
    image = file_of(picture, tmp_path / "number.png")
    number = client.predict(image=image, api_name="/read_number")
    assert set(number) == {"text", "digits"}
    assert number["text"] == "2026"
    assert [digit["label"] for digit in number["digits"]] == [2, 0, 2, 6]
    for i, digit in enumerate(number["digits"]):
        assert set(digit) == {"label", "probability", "box"}
        left, top, right, bottom = digit["box"]
        assert 20 + 150 * i < left < right < 170 + 150 * i
        assert 20 < top < bottom < 170


@pytest.mark.parametrize("endpoint", ["/classify", "/read_number"])
def test_no_digit_at_all_is_an_answer(client: Client, tmp_path: Path, endpoint: str) -> None:
    image = file_of(Image.new("L", (80, 80), 255), tmp_path / "blank.png")
    answer = client.predict(image=image, api_name=endpoint)
    assert answer.get("label") is None
    assert answer.get("text", "") == ""


def test_generate(client: Client, classifier: Classifier) -> None:
    images = client.predict(digit=7, count=12, seed=5, temperature=0.8, api_name="/generate")
    assert len(images) == 12
    pixels = [opened(entry) for entry in images]
    assert all(picture.shape == (28, 28) for picture in pixels)
    labels = [reading.label for reading in classifier.classify(pixels)]
    assert labels.count(7) >= 11
    again = client.predict(digit=7, count=12, seed=5, temperature=0.8, api_name="/generate")
    assert all(np.array_equal(a, opened(b)) for a, b in zip(pixels, again, strict=True))


def test_generate_has_defaults(client: Client) -> None:
    assert len(client.predict(digit=3, api_name="/generate")) == 10


def test_interpolate(client: Client, classifier: Classifier) -> None:
    images, animation = client.predict(start=3, end=8, steps=9, seed=1, api_name="/interpolate")
    labels = [reading.label for reading in classifier.classify([opened(i) for i in images])]
    assert len(labels) == 9
    assert labels[0] == 3
    assert labels[-1] == 8
    with Image.open(animation) as film:
        assert film.format == "WEBP"
        assert film.n_frames == 16  # type: ignore[attr-defined]


def labels_of(classifier: Classifier, images: list[Any]) -> list[int]:
    pixels = np.stack([opened(image) for image in images])
    return [int(label) for label in classifier.answer(pixels)[0].argmax(1)]


def test_interpolate_from_a_drawing(client: Client, classifier: Classifier, tmp_path: Path) -> None:
    drawn = file_of(canvas(OWN[7]), tmp_path / "seven.png")
    images, _ = client.predict(start_image=drawn, end=2, seed=1, api_name="/interpolate")
    labels = labels_of(classifier, images)
    assert (len(labels), labels[0], labels[-1]) == (24, 7, 2)
    images, _ = client.predict(start=2, end_image=drawn, steps=5, api_name="/interpolate")
    assert labels_of(classifier, images)[-1] == 7


def test_interpolate_between_two_hands(client: Client) -> None:
    def last(end_seed: int | None) -> np.ndarray:
        images, _ = client.predict(
            start=3, end=8, steps=4, seed=1, end_seed=end_seed, api_name="/interpolate"
        )
        return opened(images[-1])

    assert not np.array_equal(last(None), last(5))
    assert np.array_equal(last(5), last(5))


def test_restyle(client: Client, classifier: Classifier, tmp_path: Path) -> None:
    drawn = file_of(canvas(OWN[4]), tmp_path / "four.png")
    images = client.predict(image=drawn, api_name="/restyle")
    labels = labels_of(classifier, images)
    assert sum(label == digit for digit, label in enumerate(labels)) >= 9
    as_nine = client.predict(image=drawn, digit=9, api_name="/restyle")
    assert not np.array_equal(opened(images[0]), opened(as_nine[0]))


def test_write_number(client: Client, numbers: NumberReader, tmp_path: Path) -> None:
    path = client.predict(text="31415", seed=2, temperature=0.7, api_name="/write_number")
    with Image.open(path) as picture:
        assert picture.width > 2.5 * picture.height
        assert numbers.read(picture).text == "31415"
    drawn = file_of(canvas(OWN[2]), tmp_path / "two.png")
    path = client.predict(text=" 2026 ", seed=2, image=drawn, api_name="/write_number")
    with Image.open(path) as picture:
        assert numbers.read(picture).text == "2026"


def test_mix(client: Client, classifier: Classifier) -> None:
    images = client.predict(first=3, second=8, share=0.5, count=6, seed=1, api_name="/mix")
    assert len(images) == 6
    images = client.predict(first=3, second=8, share=1, count=6, seed=1, api_name="/mix")
    assert labels_of(classifier, images).count(8) >= 5


def test_nobody_s_hand(client: Client, tmp_path: Path) -> None:
    blank = file_of(Image.new("L", (80, 80), 255), tmp_path / "blank.png")
    with pytest.raises(AppError, match="Nothing is drawn there"):
        client.predict(image=blank, api_name="/restyle")
    zigzag = [(0.1 + 0.8 * (i % 2), 0.15 + 0.05 * i) for i in range(14)]
    scribble = canvas([zigzag, [(y, x) for x, y in zigzag]])
    image = file_of(scribble, tmp_path / "scribble.png")
    with pytest.raises(AppError, match="say with digit which one it is"):
        client.predict(image=image, api_name="/restyle")
    assert len(client.predict(image=image, digit=3, api_name="/restyle")) == 10


@pytest.mark.parametrize(
    ("endpoint", "arguments", "says"),
    [
        ("/generate", {"digit": 11}, "digit must be a whole number from 0 to 9."),
        ("/generate", {"digit": "seven"}, "digit must be a whole number"),
        ("/generate", {"digit": 7.5}, "digit must be a whole number"),
        ("/generate", {"digit": None}, "digit must be a whole number"),
        ("/generate", {"digit": True}, "digit must be a whole number"),
        ("/generate", {"digit": [7]}, "digit must be a whole number"),
        ("/generate", {"digit": 7, "count": 0}, "count must be a whole number from 1 to 100."),
        ("/generate", {"digit": 7, "count": 10**9}, "count must be"),
        ("/generate", {"digit": 7, "seed": 2**128}, "seed must be a whole number from 0 to"),
        ("/generate", {"digit": 7, "seed": -1}, "seed must be"),
        ("/generate", {"digit": 7, "temperature": 9}, "temperature must be a number from 0"),
        ("/generate", {"digit": 7, "temperature": "hot"}, "temperature must be"),
        ("/interpolate", {"start": 3, "end": 10}, "end must be a whole number from 0 to 9."),
        ("/interpolate", {"start": 3, "end": 8, "steps": 10**6}, "steps must be"),
        ("/interpolate", {"start": 3, "end": 8, "steps": 1}, "from 2 to 120"),
        ("/interpolate", {"end": 8}, "start must be a whole number"),
        ("/interpolate", {"start": 3, "end": 8, "end_seed": -2}, "seed must be"),
        ("/mix", {"first": 3, "second": 8, "share": 2}, "share must be a number from 0 to 1."),
        ("/mix", {"first": 3, "second": 10}, "second must be"),
        ("/write_number", {"text": ""}, "1 to 32 digits and nothing else."),
        ("/write_number", {"text": "3.14"}, "1 to 32 digits"),
        ("/write_number", {"text": "1" * 10_000}, "1 to 32 digits"),
        ("/write_number", {"text": None}, "1 to 32 digits"),
        ("/restyle", {"image": None}, "Send a picture"),
        ("/classify", {"image": None}, "Send a picture"),
    ],
)
def test_a_bad_argument_is_one_sentence(
    client: Client, endpoint: str, arguments: dict[str, Any], says: str
) -> None:
    with pytest.raises(AppError, match=says) as error:
        client.predict(**arguments, api_name=endpoint)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"this is text", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ids=["empty", "text", "truncated", "svg"],
)
def test_a_file_that_is_no_picture(client: Client, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "digit.png"
    file.write_bytes(content)
    with pytest.raises(AppError, match="not a picture I can read"):
        client.predict(image=handle_file(str(file)), api_name="/classify")


def test_a_decompression_bomb_is_refused(client: Client, tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(AppError, match="too large"):
        client.predict(image=handle_file(str(tmp_path / "bomb.png")), api_name="/classify")


def post(url: str, body: Any) -> tuple[int, str]:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_plain_http(app: str) -> None:
    status, body = post(f"{app}/gradio_api/call/generate", {"data": [7, 2, 1, 1.0]})
    assert status == 200
    event = json.loads(body)["event_id"]
    with urllib.request.urlopen(f"{app}/gradio_api/call/generate/{event}", timeout=30) as stream:
        text = stream.read().decode()
    assert "event: complete" in text
    assert text.count('"image"') == 2


def test_a_file_of_the_server_is_not_opened(app: str, tmp_path: Path) -> None:
    """The hole of the stock `gr.Image`: a path without `meta` was opened and read."""
    secret = tmp_path / "secret.png"
    canvas(OWN[7]).save(secret)
    status, body = post(f"{app}/gradio_api/call/classify", {"data": [{"path": str(secret)}]})
    assert status == 200
    event = json.loads(body)["event_id"]
    with urllib.request.urlopen(f"{app}/gradio_api/call/classify/{event}", timeout=30) as stream:
        text = stream.read().decode()
    assert "event: error" in text
    assert "Upload the picture" in text


def test_run_does_not_walk_past_the_queue(app: str) -> None:
    status, _ = post(f"{app}/gradio_api/run/generate", {"data": [7, 2, 1, 1.0]})
    assert status == 404
