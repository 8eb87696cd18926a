"""Weights from the Hugging Face Hub, and what to do when it does not answer.

The cache is `huggingface_hub`'s own, and so are HF_TOKEN, HF_HOME, HF_ENDPOINT and HF_HUB_OFFLINE.
"""

from __future__ import annotations

import contextlib
import errno
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub import logging as hub_logging
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import disable_progress_bars, validate_repo_id

FIRST_ANSWER = 10.0  # seconds that the Hub has to begin to answer
REPOSITORY = re.compile(r"([\w.-]+/[\w.-]+)(?:@([^@\s]+))?")
COMMIT = re.compile(r"[0-9a-f]{40}")

T = TypeVar("T")


class UnavailableError(Exception):
    """What cannot be had, said in one sentence.

    Attributes:
        wrong_name: there is no such thing: asking again does not help. Else something fails.
    """

    def __init__(self, sentence: str, wrong_name: bool = False) -> None:
        super().__init__(sentence)
        self.wrong_name = wrong_name


class HubError(UnavailableError):
    """What the Hub does not give, said in one sentence."""


@dataclass(frozen=True)
class Repository:
    """A repository on the Hub: `owner/name`, or `owner/name@revision`.

    Attributes:
        name: with its owner.
        revision: branch, tag or commit; `None`: what is newest.
    """

    name: str
    revision: str | None = None

    @staticmethod
    def parse(text: str) -> Repository | None:
        """The repository that `text` names; `None` where it cannot be one."""
        match = REPOSITORY.fullmatch(text)
        if match is None or match[1].startswith("."):
            return None
        try:
            validate_repo_id(match[1])
        except HFValidationError:
            return None
        return Repository(match[1], match[2])

    def __str__(self) -> str:
        return f"{self.name}@{self.revision}" if self.revision else self.name


@dataclass(frozen=True)
class Fetched:
    """Files of one commit.

    Attributes:
        folder: that holds them.
        commit: 40 hexadecimal digits.
        problem: why the Hub was not asked or did not answer, where the cache helped; else `None`.
    """

    folder: Path
    commit: str
    problem: str | None = None


def fetch(
    repository: Repository,
    files: tuple[str, ...],
    optional: tuple[str, ...] = (),
    patience: float | None = None,
) -> Fetched:
    """Files of one commit, from the Hub or, where that fails, from the cache.

    Args:
        repository: that holds them.
        files: names, all needed.
        optional: names of files that need not be there.
        patience: seconds after which the Hub counts as failing. What is under way goes on in the
            background, so that the cache has it the next time. `None`: as long as it takes; a Hub
            that does not answer at all is given up after 10 seconds.

    Raises:
        HubError: neither has them.
    """
    pinned = repository.revision and COMMIT.fullmatch(repository.revision)
    if pinned and (found := cached(repository, files)):
        return found
    try:
        return within(patience, lambda: _download(repository, files, optional))
    except Exception as error:  # of the client's HTTP library, too, whose name has changed before
        problem = explain(error, str(repository))
        if not problem.wrong_name and (found := cached(repository, files)):
            return Fetched(found.folder, found.commit, str(problem))
        raise problem from error


def cached(repository: Repository, files: tuple[str, ...]) -> Fetched | None:
    """What the cache holds: of the revision asked for, else of the newest commit that is whole."""
    root = Path(constants.HF_HUB_CACHE) / f"models--{repository.name.replace('/', '--')}"
    snapshots = root / "snapshots"
    revision = repository.revision or "main"
    candidates = [snapshots / revision] if COMMIT.fullmatch(revision) else []
    with contextlib.suppress(OSError):
        candidates.append(snapshots / (root / "refs" / revision).read_text().strip())
    if repository.revision is None and snapshots.is_dir():
        newest_first = lambda folder: -folder.stat().st_mtime  # noqa: E731
        candidates += sorted(snapshots.iterdir(), key=newest_first)
    for folder in candidates:
        if all((folder / name).is_file() for name in files):
            return Fetched(folder, folder.name)
    return None


def forget(file: Path) -> None:
    """Take a damaged file out of the cache, so that it is fetched anew the next time."""
    for path in (file.resolve(), file):
        path.unlink(missing_ok=True)


def _download(repository: Repository, files: tuple[str, ...], optional: tuple[str, ...]) -> Fetched:
    disable_progress_bars()
    hub_logging.set_verbosity_error()  # what goes wrong is said once, by us
    revision = repository.revision or "main"
    # Asked first since it has a time limit and does not try again for 23 seconds, as downloads do.
    HfApi().repo_info(repository.name, revision=revision, timeout=FIRST_ANSWER)
    while True:
        paths = [Path(hf_hub_download(repository.name, name, revision=revision)) for name in files]
        folder = paths[0].parent
        if all(path.parent == folder for path in paths):
            break  # else somebody has just pushed: the next round sees one commit
    for name in optional:
        with contextlib.suppress(EntryNotFoundError):
            hf_hub_download(repository.name, name, revision=folder.name)
    return Fetched(folder, folder.name)


def within(seconds: float | None, work: Callable[[], T]) -> T:
    """What `work` gives.

    Raises:
        TimeoutError: it has not ended after so many seconds; it goes on in the background.
    """
    if seconds is None:
        return work()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError
    return results[0]


def explain(error: BaseException, what: str) -> HubError:
    """The one sentence for whatever the client raised when it was asked for `what`."""
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    kind = type(error).__name__
    wrong_name = False
    if isinstance(error, HubError):
        return error
    if isinstance(error, GatedRepoError):
        text = f"'{what}' is gated: accept its terms on the Hub, and set HF_TOKEN."
    elif isinstance(error, RepositoryNotFoundError):
        wrong_name = True
        text = (
            f"The Hub has no repository '{what}', or none that this token may see: "
            "check the name, or set HF_TOKEN."
        )
    elif isinstance(error, RevisionNotFoundError):
        wrong_name = True
        text = f"The Hub has no revision '{what}': check the branch, tag or commit after the @."
    elif isinstance(error, LocalEntryNotFoundError | OfflineModeIsEnabled):
        text = f"The Hub cannot be asked for '{what}': go online, or unset HF_HUB_OFFLINE."
    elif isinstance(error, EntryNotFoundError):
        wrong_name = True
        text = f"'{what}' on the Hub is no repository of these weights: a file is missing there."
    elif status == 401:
        text = f"The Hub refuses the token, asked for '{what}': renew or unset HF_TOKEN."
    elif status == 403:
        text = f"The token has no right to '{what}': set HF_TOKEN to one that has."
    elif status == 429:
        text = f"The Hub has too many requests to give '{what}': try again later."
    elif status is not None:
        text = f"The Hub fails (status {status}), asked for '{what}': try again later."
    elif getattr(error, "errno", None) == errno.ENOSPC or "os error 28" in str(error):
        text = f"The disk is full, so '{what}' cannot be stored: make room in {_cache()}."
    elif isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        text = f"'{what}' cannot be stored in {_cache()}: make it writable, or set HF_HOME."
    elif isinstance(error, TimeoutError) or kind.endswith("Timeout"):
        text = f"The Hub is too slow to give '{what}': try again later."
    elif kind == "ConnectError" or isinstance(error, ConnectionError):
        text = f"The Hub cannot be reached for '{what}': check the connection."
    elif isinstance(error, ValueError):  # JSON that is none
        text = f"What answers for '{what}' is not the Hub: does this network want you to log in?"
    else:
        text = f"'{what}' could not be had whole from the Hub ({kind}): try again later."
    return HubError(text, wrong_name)


def _cache() -> str:
    return str(constants.HF_HUB_CACHE)
