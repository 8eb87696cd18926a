"""What users teach: kept where the owner asks for it, and learnt from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from model import PictureError
from studio.lessons import SIDE, Lessons, LessonsError
from tests.conftest import ROOT, Visit
from tests.hub import ANNA, Hub
from tests.strokes import OWN, canvas
from tests.studio.test_page import clear, draw
from train.lessons import load_lessons
from train.options import TrainError


def rows(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for table in folder.rglob("metadata.jsonl")
        for line in table.read_text().splitlines()
    ]


def test_off_by_default(desktop: Visit) -> None:
    expect(desktop.page.locator("#pad .teach")).to_have_count(0)


def test_a_wrong_reading_is_kept_and_learnt_from(
    serve: Callable[..., Any], chromium: Browser, tmp_path: Path
) -> None:
    url, _ = serve("--lessons", str(tmp_path))
    visit = Visit(chromium.new_page(), url)
    page = visit.page
    page.get_by_text("Wrong? It was a …").click()
    expect(page.get_by_text("nothing else about you")).to_be_visible()
    clear(page)
    page.locator("#pad .teach").get_by_role("button", name="5").click()
    expect(page.locator("#pad .teach [role=status]")).to_contain_text("draw a digit first")
    assert not rows(tmp_path)
    draw(page, OWN[7])
    expect(page.locator("#pad .numeral")).to_have_text("7")
    page.locator("#pad .teach").get_by_role("button", name="1").click()
    expect(page.locator("#pad .teach [role=status]")).to_have_text("Thank you: kept as 1.")
    (row,) = rows(tmp_path)
    assert row == {"file_name": row["file_name"], "label": 1, "read_as": 7}
    lessons = load_lessons(str(tmp_path))
    assert lessons.labels.tolist() == [1]
    assert int(lessons.images.max()) > 200
    assert not visit.problems
    page.close()


def test_the_folder_is_capped_and_pictures_are_bare(tmp_path: Path) -> None:
    lessons = Lessons(tmp_path, most=2)
    photo = Image.new("RGB", (2000, 1000), "white")
    exif = Image.Exif()
    exif[0x010F] = "Camera of Anna"
    photo.getexif().update(exif)
    photo.info["comment"] = "Anna's"
    for picture in (photo, canvas(OWN[3])):
        lessons.keep(picture, 3, None)
    with pytest.raises(PictureError, match="no room"):
        lessons.keep(canvas(OWN[3]), 3, None)
    files = list(tmp_path.rglob("*.png"))
    assert len(files) == len(rows(tmp_path)) == 2
    for file in files:
        assert max(Image.open(file).size) <= SIDE
        assert b"Anna" not in file.read_bytes()
    with pytest.raises(PictureError, match="no room"):  # a restart makes none
        Lessons(tmp_path, most=2).keep(canvas(OWN[3]), 3, None)


def test_no_place_to_keep_them(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LessonsError, match="choose another with --lessons"):
        Lessons(tmp_path / "file")


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (None, "no folder"),
        ("", "no drawing"),
        ('{"file_name": "none.png", "label": 1}', "no lesson"),
        ('{"file_name": "a.png", "label": 11}', "no lesson"),
        ('{"file_name": "../../secret.png", "label": 1}', "no lesson"),
        ("[]", "no lesson"),
    ],
)
def test_bad_lessons(tmp_path: Path, table: str | None, sentence: str) -> None:
    if table is not None:
        (tmp_path / "metadata.jsonl").write_text(table)
        canvas(OWN[1]).save(tmp_path / "a.png")
    source = str(tmp_path / "none" if table is None else tmp_path)
    with pytest.raises(TrainError, match=sentence) as error:
        load_lessons(source)
    assert "\n" not in str(error.value)


SCHOOL = """
import sys, time
from pathlib import Path
from huggingface_hub import HfApi
from studio import lessons
from tests.strokes import OWN, canvas
lessons.EVERY = 0.01  # minutes
schools = [
    lessons.Lessons(Path(sys.argv[1]) / name, repository)
    for name, repository in (("a", "anna/lessons"), ("b", "anna/lessons"), ("c", "otto/lessons"))
]
for _ in range(600):
    if all(school._scheduler for school in schools[:2]):
        break
    time.sleep(0.05)
for school in schools:
    school.keep(canvas(OWN[4]), 4, 9)
for _ in range(600):  # until both drawings have arrived
    files = HfApi().list_repo_files("anna/lessons", repo_type="dataset")
    if sum(file.endswith(".png") for file in files) == 2:
        break
    time.sleep(0.05)
"""

LEARN = "from train.lessons import load_lessons; print(load_lessons('anna/lessons').labels)"


def test_the_hubs_scheduler_uploads_them(tmp_path: Path) -> None:
    hub = Hub()

    def python(*command: str) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
        known = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home"), "HF_TOKEN": ANNA}
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**environment, **known},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done

    told = python("-c", SCHOOL, str(tmp_path)).stderr
    assert hub.repos["datasets", "anna/lessons"].private
    files = hub.files("datasets", "anna/lessons")
    suffixes = [Path(path).suffix for path in files if "/" in path]
    assert sorted(suffixes) == [".jsonl", ".jsonl", ".png", ".png"]  # each added, none replaced
    assert python("-c", LEARN).stdout.strip() == "tensor([4, 4])"

    # A repository that the token may not write to loses nothing and stops nobody.
    assert "stays in" in told
    assert "'otto/lessons' cannot be written to" in told
    assert "Traceback" not in told
    assert len(rows(tmp_path / "c")) == 1
    hub.close()
