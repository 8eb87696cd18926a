"""Search for a good learning rate, optimiser and batch size: `python -m train.tune`.

Optuna's tree-structured Parzen estimator (Bergstra et al. 2011) proposes, short trainings answer by
their likelihood on validation digits.
The study is kept in a file; the same command goes on with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import optuna

from train.classifier import DIGIT_NETS, RECIPES, ClassifierOptions, train
from train.loop import provenance, write_json
from train.options import option, parse, run, writable_folder


@dataclass(frozen=True)
class TuneOptions(ClassifierOptions):
    """Options of `python -m train.tune`; those of a training hold for each of them."""

    out: Path = option(Path("runs/tune"), "folder for the study and its trials")
    model: str = option("small", "which net", choices=DIGIT_NETS)
    epochs: int = option(3, "passes over the training digits a trial", low=1)
    trials: int = option(20, "trials in all, those of earlier runs included", low=1)


def search(options: TuneOptions) -> dict[str, Any]:
    """Run the trials that are still missing; the best settings and what they reached.

    Raises:
        TrainError: something the user can mend.
    """
    writable_folder(options.out)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        study_name=options.model,
        storage=f"sqlite:///{options.out / 'study.db'}",
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=options.seed),
        load_if_exists=True,
    )

    def trial(trial: optuna.Trial) -> float:
        optimizer = trial.suggest_categorical("optimizer", ("adamw", "adam", "sgd", "rmsprop"))
        # SGD's steps are not divided by the gradients' size: it needs larger ones.
        low, high = (1e-2, 1.0) if optimizer == "sgd" else (3e-4, 3e-2)
        # A range has a name of its own: the one estimator must not see both as one.
        name = "lr_of_sgd" if optimizer == "sgd" else "lr"
        settings: dict[str, Any] = {
            "optimizer": optimizer,
            "lr": trial.suggest_float(name, low, high, log=True),
            "batch_size": trial.suggest_categorical("batch_size", (64, 128, 256)),
        }
        names = ClassifierOptions.__dataclass_fields__
        plain = ClassifierOptions(**{name: getattr(options, name) for name in names})
        out = options.out / f"trial-{trial.number}"
        figures = train(replace(plain, out=out, test=False, push=None, **settings))
        chosen = figures["chosen"]
        assert isinstance(chosen, dict)
        trial.set_user_attr("settings", settings)
        trial.set_user_attr("accuracy", chosen["validation_accuracy"])
        fit = float(chosen["validation_fit"])
        return fit if fit == fit else float("-inf")

    done = sum(t.state.is_finished() for t in study.trials)
    study.optimize(trial, n_trials=max(0, options.trials - done))
    best = study.best_trial
    figures = {
        "best": {**best.user_attrs, "validation_fit": best.value, "trial": best.number},
        "trials": [
            {"trial": t.number, "validation_fit": t.value, **t.user_attrs}
            for t in study.trials
            if t.state is optuna.trial.TrialState.COMPLETE
        ],
    }
    write_json(options.out / "tuning.json", {**figures, **provenance()})
    return figures


def main() -> None:
    """The command line."""
    options = parse(TuneOptions, None, "train.tune", __doc__ or "", RECIPES)
    best = search(options)["best"]
    settings = best["settings"]
    print(f"best of {options.trials}: {best['accuracy']:.2%} of the validation digits, with")
    flags = (
        f"--optimizer {settings['optimizer']} --lr {settings['lr']:.4g} "
        f"--batch-size {settings['batch_size']}"
    )
    print(f"python -m train.classifier --model {options.model} {flags}")


if __name__ == "__main__":
    run(main)
