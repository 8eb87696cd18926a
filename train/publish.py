"""Put weights, or the whole app, on the Hugging Face Hub.

`python -m train.publish runs/x owner/name` uploads a run's weights, figures and a model card in one
commit; `python -m train.publish space owner/name` uploads what a Space needs to serve the app.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import (
    CommitInfo,
    CommitOperation,
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    get_token,
)
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.utils import disable_progress_bars
from PIL import Image

from model import Generator, Origin, WeightsError, hub, load_classifier, load_generator, weights
from model.cvae import NETS
from model.nets import ConvClassifier
from model.number import load_number_reader
from model.picture import sheet
from train.bundle import copy_figures
from train.card import card_of
from train.options import Parser, TrainError, run

SECONDS = 20.0  # for the Hub to say who we are
SAMPLE_SEED = 1

# Exactly what a Space needs: not tests, training, runs or caches.
SPACE_FILES = (
    "app.py",
    "LICENSE",
    "README.md",
    "requirements.txt",
    "model/*.py",
    "studio/*.py",
    "studio/assets/*",
    "weights/*/*.json",
    "weights/*/*.png",
    "weights/*/*.safetensors",
)


def check(name: str, *, create_pr: bool = False) -> None:
    """Find out before long work whether `name` can be published to.

    Raises:
        TrainError: the name is invalid, the token is missing, wrong, may not write there, or there
            is no network.
    """
    repository = hub.Repository.parse(name)
    if repository is None or repository.revision is not None:
        raise TrainError(
            f"'{name}' is no name on the Hub: give owner/name, of letters, digits, '-', '_' and "
            "'.', at most 96 of them."
        )
    if get_token() is None:
        raise TrainError("There is no token: run `hf auth login`, or set HF_TOKEN to one.")
    try:
        me = hub.within(SECONDS, lambda: HfApi().whoami())
    except Exception as error:
        raise _problem(error, name) from error
    who = me.get("name", "nobody")
    if me.get("auth", {}).get("accessToken", {}).get("role") == "read":
        raise TrainError(f"The token of {who} may only read: make one that may write.")
    owner = repository.name.split("/")[0]
    mine = [who, *(group.get("name") for group in me.get("orgs", []))]
    if owner not in mine and not create_pr:
        raise TrainError(
            f"The token is {who}'s, who is not '{owner}': publish as {who}/..., "
            "or propose it with --create-pr."
        )


def publish(
    folder: Path,
    name: str,
    *,
    private: bool = False,
    tag: str | None = None,
    create_pr: bool = False,
) -> CommitInfo:
    """Upload a run in one commit: weights, card, sample picture and figures.

    Args:
        folder: of the run.
        name: of the repository, `owner/name`; made where it does not exist.
        private: whether a repository that is made is private.
        tag: to give the commit.
        create_pr: propose the commit instead of making it.

    Raises:
        TrainError: something the user can mend.
    """
    check(name, create_pr=create_pr)
    try:
        files = contents(folder, name)
    except WeightsError as error:
        raise TrainError(str(error)) from error
    api = HfApi()
    if tag is not None and _exists(api, name, tag):
        raise TrainError(f"'{name}' has a revision {tag} already: choose another --tag.")
    disable_progress_bars()
    try:
        api.create_repo(name, private=private, exist_ok=True)
        _refuse_another_kind(api, name, files["config.json"])
        done = api.create_commit(
            name,
            [CommitOperationAdd(path, content) for path, content in files.items()],
            commit_message=f"Weights of {folder.resolve().name}",
            create_pr=create_pr,
        )
        if tag is not None:
            api.create_tag(name, tag=tag, revision=done.oid)
    except Exception as error:
        raise _problem(error, name) from error
    return done


def contents(folder: Path, name: str) -> dict[str, bytes]:
    """What is uploaded of a run, by path: all checked here, before anything leaves the machine.

    Raises:
        WeightsError: there are no whole weights.
        TrainError: the card is not valid.
    """
    origin = weights.find(folder)
    with tempfile.TemporaryDirectory() as part:
        copied = Path(part)
        for file in weights.FILES:
            (copied / file).write_bytes((origin.folder / file).read_bytes())
        if (origin.folder / weights.FIGURES).is_file():
            copy_figures(origin.folder, copied)
        kind, facts = _sample(weights.find(copied), copied / "samples.png")
        card = card_of(kind, name, origin.figures, facts)
        parsed = yaml.safe_load(card.content.split("---\n")[1])
        missing = {"license", "library_name", "pipeline_tag", "datasets"} - set(parsed)
        if missing:
            raise TrainError(f"The card lacks {', '.join(sorted(missing))}.")
        (copied / "README.md").write_text(card.content, "utf-8")
        return {file.name: file.read_bytes() for file in sorted(copied.iterdir())}


def _sample(origin: Origin, path: Path) -> tuple[str, dict[str, Any]]:
    """Load the weights and try them: which kind they are, and a picture of what they do."""
    config = json.loads((origin.folder / "config.json").read_text("utf-8"))
    if "latent" in config:
        made = Generator(weights.load(NETS, origin)).sample(
            [digit for _ in range(10) for digit in range(10)], seed=SAMPLE_SEED
        )
        sheet(made, columns=10).save(path)
        return "generator", {"seed": SAMPLE_SEED}
    if weights.load(ConvClassifier, origin).channels == 2:
        text = "31415926"
        made = load_generator().write_number(text, seed=SAMPLE_SEED)
        picture = Image.fromarray(255 - made)
        picture.save(path)
        reader = load_number_reader(load_classifier(), origin)
        return "number", {"text": reader.read(picture).text or "nothing"}
    labels = [digit for _ in range(5) for digit in range(10)]
    made = load_generator().sample(labels, seed=SAMPLE_SEED)
    sheet(made, columns=10).save(path)
    readings = load_classifier(origin).classify(made)
    right = sum(reading.label == label for reading, label in zip(readings, labels, strict=True))
    return "classifier", {"right": right, "n": len(labels)}


def publish_space(
    name: str,
    *,
    private: bool = False,
    classifier: str | None = None,
    generator: str | None = None,
) -> CommitInfo:
    """Upload the app, so that a Space holds just what it needs.

    Args:
        name: of the Space, `owner/name`; made where it does not exist.
        private: whether a Space that is made is private.
        classifier: repository of the weights that it is to serve; `None` for the bundled ones.
        generator: likewise.

    Raises:
        TrainError: something the user can mend.
    """
    check(name)
    sources = {"CLASSIFIER_REPO": classifier, "GENERATOR_REPO": generator}
    chosen = {variable: source for variable, source in sources.items() if source is not None}
    try:
        commits = [weights.find(source) for source in chosen.values()]
    except WeightsError as error:
        raise TrainError(str(error)) from error
    files = space_files()
    files["README.md"] = _with_models(files["README.md"], commits)
    disable_progress_bars()
    api = HfApi()
    try:
        api.create_repo(name, repo_type="space", space_sdk="gradio", private=private, exist_ok=True)
        there = set(api.list_repo_files(name, repo_type="space")) - {".gitattributes"}
        operations: list[CommitOperation] = [
            CommitOperationAdd(path, content) for path, content in files.items()
        ]
        operations += [CommitOperationDelete(path) for path in sorted(there - set(files))]
        done = api.create_commit(
            name, operations, commit_message="Deploy the app", repo_type="space"
        )
        for variable, source in chosen.items():
            api.add_space_variable(name, variable, source)
    except Exception as error:
        raise _problem(error, name) from error
    return done


def space_files() -> dict[str, bytes]:
    """The files of a Space, by path."""
    return {
        file.relative_to(weights.ROOT).as_posix(): file.read_bytes()
        for pattern in SPACE_FILES
        for file in sorted(weights.ROOT.glob(pattern))
        if file.is_file()
    }


def _with_models(readme: bytes, origins: list[Origin]) -> bytes:
    """The README with the repositories that the Space fetches named in its metadata."""
    if not origins:
        return readme
    _, front, text = readme.decode("utf-8").split("---\n", 2)
    data = yaml.safe_load(front)
    names = [origin.source.split("@")[0] for origin in origins]
    data["models"] = names
    data["preload_from_hub"] = [
        f"{name} {','.join(weights.FILES)} {origin.commit}"
        for name, origin in zip(names, origins, strict=True)
    ]
    return f"---\n{yaml.safe_dump(data, sort_keys=False, allow_unicode=True)}---\n{text}".encode()


def _exists(api: HfApi, name: str, revision: str) -> bool:
    try:
        api.repo_info(name, revision=revision, timeout=SECONDS)
    except (RepositoryNotFoundError, RevisionNotFoundError):
        return False
    except Exception as error:
        raise _problem(error, name) from error
    return True


def _refuse_another_kind(api: HfApi, name: str, config: bytes) -> None:
    """A generator is not put over a classifier.

    Raises:
        TrainError: `name` holds weights of another class of net.
    """
    if "config.json" not in api.list_repo_files(name):
        return
    there = json.loads(Path(api.hf_hub_download(name, "config.json")).read_text("utf-8"))
    if set(there) != set(json.loads(config)):
        raise TrainError(f"'{name}' holds the weights of another kind of net: choose another name.")


def _problem(error: Exception, name: str) -> TrainError:
    """What the Hub objected to, in one sentence."""
    if isinstance(error, TrainError):
        return error
    if isinstance(error, HfHubHTTPError) and error.response.status_code in (400, 402, 409):
        said = re.sub(r"\s+", " ", error.server_message or "no reason given").rstrip(". ")
        return TrainError(f"The Hub does not take '{name}': {said}.")
    return TrainError(str(hub.explain(error, name)))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = Parser(prog="train.publish", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("what", metavar="RUN_DIR|space", help="folder of a run, or the word space")
    parser.add_argument("name", metavar="owner/name", help="where to on the Hub")
    parser.add_argument("--private", action="store_true", help="if it is made, nobody else sees it")
    parser.add_argument("--tag", help="name for the commit, as v1.0")
    parser.add_argument("--create-pr", action="store_true", help="propose it as a pull request")
    for kind in ("classifier", "generator"):
        parser.add_argument(
            f"--{kind}", metavar="owner/name", help=f"of a space: the {kind} that it is to serve"
        )
    given = parser.parse_args(argv)
    report(given)


def report(given: argparse.Namespace) -> None:
    """Publish as told, and print what to know of it."""
    if given.what == "space":
        if given.tag or given.create_pr:
            raise TrainError("--tag and --create-pr are for weights: leave them out with a space.")
        publish_space(
            given.name,
            private=given.private,
            classifier=given.classifier,
            generator=given.generator,
        )
        print(f"the Space is at {HfApi().endpoint}/spaces/{given.name}")
        return
    if given.classifier or given.generator:
        raise TrainError("--classifier and --generator are for a space: leave them out here.")
    if given.tag and given.create_pr:
        raise TrainError("A proposal has no tag: choose one of --tag and --create-pr.")
    done = publish(
        Path(given.what),
        given.name,
        private=given.private,
        tag=given.tag,
        create_pr=given.create_pr,
    )
    tell(done, given.name)


def tell(done: CommitInfo, name: str) -> None:
    """Print where it is, and how to name these very weights."""
    if done.pr_url:
        print(f"proposed at {done.pr_url}")
    else:
        print(f"pin it as {name}@{done.oid}")


if __name__ == "__main__":
    run(main)
