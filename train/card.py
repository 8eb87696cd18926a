"""The model card that goes to the Hub with the weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData

_TITLES = {
    "classifier": "Digit Studio: the reader",
    "number": "Digit Studio: the reader of numbers",
    "generator": "Digit Studio: the writer",
}

_WHAT = {
    "classifier": "A convolutional net that reads handwritten digits as people draw them on a "
    "screen, and says when a picture is no digit.",
    "number": "A convolutional net that tells whole digits from pieces of them, and so reads "
    "numbers whose digits touch.",
    "generator": "A convolutional conditional VAE with a flow-matched latent prior: it writes the "
    "digits that it is asked for, in anybody's hand, in milliseconds on a CPU.",
}

_USE = {
    "classifier": """from model import load_classifier, load_generator
sevens = load_generator().sample([7] * 3, seed=1)  # or pictures of your own
print([reading.label for reading in load_classifier("{source}").classify(sevens)])""",
    "number": """from model import load_classifier, load_generator, load_number_reader
picture = load_generator().write_number("31415", seed=1)  # or a picture of your own
print(load_number_reader(load_classifier(), "{source}").read(255 - picture).text)""",
    "generator": """from model import load_generator
generator = load_generator("{source}")
print(generator.sample([7] * 5, seed=1).shape)  # (5, 28, 28) uint8, ink = 255""",
}

_DATA = {
    "classifier": "MNIST's training digits (LeCun et al. 1998){pens}",
    "number": "numbers composed of MNIST's training digits and of pen digits (Alpaydin & Alimoglu; "
    "Llorens et al., CC BY 4.0)",
    "generator": "MNIST's training digits (LeCun et al. 1998)",
}
_PENS = (
    "; pen strokes of digits and, as what is no digit, letters (Alpaydin & Alimoglu; Llorens et "
    "al., both UCI, CC BY 4.0)"
)

_SAMPLES = {
    "classifier": "Digits that the project's own generator wrote, which it reads right in "
    "{right} of {n} cases:",
    "number": "A number that the project's own generator wrote, which it reads as {text}:",
    "generator": "Ten of each digit, seed {seed}:",
}

_LIMITS = {
    "classifier": "It reads one digit, 0 to 9, of European and American hands. Letters that look "
    "like digits (O, I, l, S, Z) are read as digits. Do not let it decide alone where a wrong "
    "digit does harm.",
    "number": "It reads one line of digits, without sign, point or comma. Touching digits are read "
    "wrong more often than others.",
    "generator": "It writes what MNIST's writers wrote, 28x28 pixels, grey. Some samples are not "
    "the digit that was asked for; a morph may show a third digit on its way.",
}


@dataclass(frozen=True)
class Metric:
    """A figure for the card: what it is of, on which data, and of how many."""

    name: str
    kind: str
    dataset: str
    value: float
    n: int


def metrics_of(figures: dict[str, Any]) -> list[Metric]:
    """Every figure of a run's `metrics.json` and `evaluation.json` that has a place in a card."""
    return list(_metrics(figures))


def _metrics(figures: dict[str, Any]) -> Iterator[Metric]:
    found = {**figures, **figures.get("evaluation", {})}
    for key, dataset in (("test", "MNIST, test"), ("coarse", "MNIST, test, at 16x16")):
        if key in found:
            yield from _reading(dataset, found[key])
    sketches = found.get("sketches", {})
    for key, dataset in (
        ("pens", "pen digits, unseen writers"),
        ("other_pens", "pen digits, another collection"),
    ):
        if key in sketches:
            yield from _reading(dataset, sketches[key])
    if letters := sketches.get("letters"):
        name = "AUROC, digits against letters"
        yield Metric(name, "roc_auc", "pen letters", letters["auroc"], letters["n"])
        yield Metric("letters refused", "recall", "pen letters", letters["refused"], letters["n"])
    for key in ("numbers", "validation_numbers"):
        for kind, row in found.get(key, {}).items():
            name, dataset = f"whole numbers read right, {kind}", "composed pen numbers"
            yield Metric(name, "accuracy", dataset, row["accuracy"], row["n"])
    if samples := found.get("samples"):
        judged = (("as_asked", "accuracy", "the digit that was asked for, by a judge"),)
        for key, kind, name in (*judged, ("mean_confidence", "confidence", "judge's confidence")):
            yield Metric(name, kind, "samples", samples[key], samples["n"])
    if "frechet" in found:
        row = found["frechet"]
        yield Metric("Fréchet distance to test digits", "frechet", "samples", row["made"], row["n"])
    if score := found.get("classification_accuracy_score"):
        name = "classification accuracy score"
        yield Metric(name, "accuracy", "MNIST, test", score["made"], score["n"])


def _reading(dataset: str, row: dict[str, Any]) -> Iterator[Metric]:
    yield Metric("accuracy", "accuracy", dataset, row["accuracy"], row["n"])
    yield Metric("expected calibration error", "ece", dataset, row["ece"], row["n"])


def card_of(kind: str, name: str, figures: dict[str, Any], sample: dict[str, Any]) -> ModelCard:
    """The card of weights that are published.

    Args:
        kind: classifier, number or generator.
        name: of the repository, with its owner.
        figures: of the run: its `metrics.json`, and what was evaluated later as `evaluation`.
        sample: facts about the sample picture, for the sentence above it.
    """
    options = figures.get("options", {})
    metrics = metrics_of(figures)
    task = "unconditional-image-generation" if kind == "generator" else "image-classification"
    data = ModelCardData(
        license="mit",
        library_name="pytorch",
        pipeline_tag=task,
        datasets=["ylecun/mnist"],
        tags=["mnist", "handwriting", "digit-studio"],
        model_name=name.split("/")[1],
        eval_results=[
            EvalResult(
                task_type=task,
                dataset_type="ylecun/mnist" if "MNIST" in metric.dataset else "other",
                dataset_name=metric.dataset,
                dataset_config=metric.dataset,  # else all results of one type become one
                metric_type=metric.kind,
                metric_name=f"{metric.name} (n = {metric.n})",
                metric_value=round(float(metric.value), 6),  # a NumPy scalar would break the YAML
            )
            for metric in metrics
        ]
        or None,
    )
    pens = _PENS if options.get("sketches") else ""
    recipe = ", ".join(
        f"{key.replace('_', ' ')} {options[key]}"
        for key in ("model", "epochs", "batch_size", "lr", "weight_decay", "ema", "smoothing")
        if options.get(key) is not None
    )
    facts = {
        "parameters": figures.get("parameters"),
        "data": _DATA[kind].format(pens=pens),
        "recipe": f"AdamW, one-cycle schedule; {recipe}" if recipe else None,
        "seed": options.get("seed"),
        "command": f"`{figures['command']}`" if "command" in figures else None,
        "machine": figures.get("machine"),
        "date": str(figures.get("date", ""))[:10] or None,
        "training time": f"{figures['training_seconds']} s"
        if "training_seconds" in figures
        else None,
    }
    training = "\n".join(f"- {key}: {value}" for key, value in facts.items() if value is not None)
    rows = "\n".join(f"| {m.name} | {m.dataset} | {m.value:.4f} | {m.n} |" for m in metrics)
    table = f"| figure | data | value | n |\n|---|---|---|---|\n{rows}"
    text = f"""---
{data.to_yaml()}
---

# {_TITLES[kind]}

{_WHAT[kind]}

## Use it

In a copy of Digit Studio's code, after `pip install -r requirements.txt`:

```python
{_USE[kind].format(source=name)}
```

Append `@` and a commit to the name to pin these very weights. The app serves them with
`python app.py --{kind} {name}`.

## Training

{training}

## Figures

{table if metrics else "None were measured."}

## Samples

{_SAMPLES[kind].format(**sample)}

![Samples](samples.png)

## Limits

{_LIMITS[kind]}

## Licence

MIT.
"""
    return ModelCard(text)
