"""What users teach the reader: drawings that it read wrong, and what they were.

Kept only where the owner of the app asks for it. A drawing, its digit and what the reader took it
for are all that is stored: no name, no address, no time.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from model import PictureError
from studio import words

if TYPE_CHECKING:
    from huggingface_hub import CommitScheduler

MOST = 10_000  # drawings that a folder takes
SIDE = 280  # pixels: larger pictures are made smaller
EVERY = 5  # minutes between two uploads

log = logging.getLogger(__name__)


class LessonsError(Exception):
    """Lessons that cannot be kept, said in one sentence."""


class Lessons:
    """A folder of drawings in the image-folder format of Hugging Face datasets.

    Each process writes into a folder of its own, so that several may share one, and a new one adds
    to what an earlier one uploaded.

    Args:
        folder: where to.
        repository: dataset on the Hub, `owner/name`, that the Hub's own scheduler uploads to in the
            background, with HF_TOKEN.
        most: drawings that the folder takes.

    Raises:
        LessonsError: the folder cannot be written to.
    """

    def __init__(self, folder: Path, repository: str | None = None, most: int = MOST) -> None:
        part = uuid.uuid4().hex
        self.folder = folder / part
        self.repository = repository
        self.room = most - sum(1 for _ in folder.rglob("*.png"))
        self._lock = threading.Lock()
        self._scheduler: CommitScheduler | None = None
        try:
            self.folder.mkdir(parents=True)
        except OSError as error:
            raise LessonsError(
                f"Cannot write to the folder {folder} ({error.strerror}): "
                "choose another with --lessons."
            ) from error
        if repository is not None:
            threading.Thread(target=self._schedule, args=(part,), daemon=True).start()

    def keep(self, picture: Image.Image, label: int, read_as: int | None) -> None:
        """Store a drawing.

        Args:
            picture: as it was drawn, or uploaded.
            label: what it is, 0..9.
            read_as: what it was read as; `None`: as no digit.

        Raises:
            PictureError: there is no more room, or it cannot be written.
        """
        small = picture.convert("RGBA") if "A" in picture.mode else picture.convert("RGB")
        small.thumbnail((SIDE, SIDE))
        paper = Image.new("RGB", small.size, "white")
        paper.paste(small, mask=small if small.mode == "RGBA" else None)
        name = f"{uuid.uuid4().hex}.png"
        row = {"file_name": name, "label": label, "read_as": read_as}
        with self._lock, self._scheduler.lock if self._scheduler else threading.Lock():
            if self.room <= 0:
                raise PictureError(words.LESSONS_FULL)
            try:
                paper.convert("L").save(self.folder / name)  # without what a camera wrote into it
                with (self.folder / "metadata.jsonl").open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
            except OSError as error:
                raise PictureError(words.LESSONS_UNWRITABLE) from error
            self.room -= 1

    def _schedule(self, part: str) -> None:
        from huggingface_hub import CommitScheduler

        assert self.repository is not None
        try:
            self._scheduler = CommitScheduler(
                repo_id=self.repository,
                repo_type="dataset",
                folder_path=self.folder,
                path_in_repo=part,
                every=EVERY,
                private=True,
            )
        except Exception as error:  # whatever the Hub has: the app goes on, the folder has it all
            log.warning(
                f"What users teach stays in {self.folder}: the dataset '{self.repository}' "
                f"cannot be written to ({type(error).__name__})."
            )
