"""Command lines made from dataclasses, so that help, checks and code cannot disagree."""

from __future__ import annotations

import argparse
import dataclasses
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar, get_type_hints

T = TypeVar("T")


class TrainError(Exception):
    """Something the user can mend, said in one sentence."""


def option(
    default: Any,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: Sequence[str] | None = None,
) -> Any:
    """A dataclass field with its help text and the range it may lie in (both ends included)."""
    metadata = {"help": help, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the stock parser prints the whole usage before it."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        print(f"{self.prog}: {message}", file=sys.stderr)
        raise SystemExit(2)


def parse(
    options: type[T],
    argv: Sequence[str] | None,
    prog: str,
    description: str,
    recipes: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
) -> T:
    """An instance of the dataclass `options`, read from a command line and checked.

    `recipes` are other defaults, by the value of `--model`.

    Exits with status 2 and one sentence on a bad option.
    """
    parser = Parser(
        prog=prog,
        description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    hints = get_type_hints(options)
    fields = [f for f in dataclasses.fields(options) if f.init]  # type: ignore[arg-type]
    for field in fields:
        flag = "--" + field.name.replace("_", "-")
        kind = hints[field.name]
        if kind is bool:
            parser.add_argument(
                flag,
                action=argparse.BooleanOptionalAction,
                default=field.default,
                help=field.metadata["help"],
            )
            continue
        optional = type(None) in getattr(kind, "__args__", ())
        parser.add_argument(
            flag,
            type=kind.__args__[0] if optional else kind,
            choices=field.metadata["choices"],
            default=field.default,
            help=field.metadata["help"],
        )
    given = parser.parse_args(argv)
    if recipe := recipes.get(getattr(given, "model", "")):
        parser.set_defaults(**recipe)
        given = parser.parse_args(argv)
    for field in fields:
        value, low, high = (
            getattr(given, field.name),
            field.metadata["low"],
            field.metadata["high"],
        )
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        flag = "--" + field.name.replace("_", "-")
        if math.isnan(value) or (low is not None and value < low):
            parser.error(f"argument {flag}: must be at least {low}, not {value}.")
        if high is not None and value > high:
            parser.error(f"argument {flag}: must be at most {high}, not {value}.")
    return options(**vars(given))


def run(main: Callable[[], None]) -> NoReturn:
    """Run a command; what a user can mend becomes one sentence on stderr and status 1.

    Ctrl-C becomes a word and status 130, where the command does not see to it.
    """
    try:
        main()
    except TrainError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        raise SystemExit(130) from None
    raise SystemExit(0)


def writable_folder(folder: Path) -> Path:
    """Make `folder` if need be, and prove that files can be written there.

    Raises:
        TrainError: it cannot be made, or not written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-test-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or error
        raise TrainError(
            f"Cannot write to the folder {folder} ({reason}): choose another with --out."
        ) from error
    return folder
