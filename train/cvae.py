"""Train the digit generator, net and latent prior in one run: `python -m train.cvae`.

Four trainings, one after the other: a small classifier, the critic, in whose features a
reconstruction is to be like its digit; encoder and decoder; the prior of their latents; and the
prior once more, so that its flow runs straight and one step of it is enough.
"""

from __future__ import annotations

import copy
import math
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from model import weights
from model.cvae import GENERATORS, LatentPrior, build_generator
from model.generator import Generator
from model.nets import CLASSES, ConvClassifier, count_parameters
from model.picture import Pixels, sheet
from model.vae import DigitVAE
from train import parallel, publish
from train.data import DATASETS, Digits, data_folder, load_mnist, split
from train.loop import (
    LoopOptions,
    Loss,
    Validate,
    device_of,
    fit,
    provenance,
    save_atomically,
    write_json,
)
from train.options import option, parse, run, writable_folder
from train.perceptual import label_loss, perceptual_loss, train_critic

# Before the prior's flow is straightened: what the critic is less sure of is made clearer, and what
# a standard deviation of the way there costs, squared, beside a nat of the critic's surprise.
DOUBT, FIRMNESS = 0.8, 0.02


@dataclass(frozen=True)
class CVAEOptions(LoopOptions):
    """Options of `python -m train.cvae`."""

    out: Path = option(Path("runs/generator"), "folder for weights, figures and checkpoints")
    model: str = option("cvae", "which net", choices=tuple(GENERATORS))
    epochs: int = option(20, "passes over the training digits for encoder and decoder", low=1)
    lr: float = option(2e-3, "highest learning rate of encoder and decoder", low=1e-8, high=10)
    weight_decay: float = option(0.01, "AdamW's decoupled weight decay", low=0, high=1)
    beta: float = option(0.1, "weight of the KL term (Higgins et al. 2017)", low=0, high=100)
    perceptual: float = option(
        200.0, "weight of likeness in a classifier's features (Johnson et al. 2016)", low=0
    )
    mixing: float = option(
        10.0, "weight of showing, as that classifier sees it, the labels asked for", low=0
    )
    critic_epochs: int = option(3, "passes over the training digits for that classifier", low=1)
    prior_epochs: int = option(150, "passes over the training latents for the prior", low=1)
    prior_batch_size: int = option(512, "latents a step", low=1)
    prior_lr: float = option(2e-3, "highest learning rate of the prior", low=1e-8, high=10)
    straight_epochs: int = option(
        20, "passes over pairs of noise and latent to straighten the prior's flow; 0: do not", low=0
    )
    straight_pairs: int = option(240_000, "such pairs", low=10)


# Of the perceptrons, as their projects trained them.
_PLAIN = {
    "lr": 1e-3,
    "optimizer": "adam",
    "schedule": "constant",
    "weight_decay": 0.0,
    "ema": 0.0,
    "beta": 1.0,
    "perceptual": 0.0,
    "mixing": 0.0,
}
RECIPES: dict[str, dict[str, object]] = {
    "vae": {**_PLAIN, "epochs": 20},
    "vae2d": {**_PLAIN, "epochs": 20},
    "cvae-mlp": {**_PLAIN, "epochs": 10},
}


def negative_elbo(
    logits: Tensor, x: Tensor, mean: Tensor, log_variance: Tensor, beta: float
) -> tuple[Tensor, Tensor]:
    """Reconstruction and weighted KL, nats a digit (Kingma & Welling 2014, appendix B).

    Args:
        logits: `(B, 1, 28, 28)` of the reconstruction.
        x: `(B, 1, 28, 28)` in 0..1; grey levels count as probabilities, as CVAEs on MNIST do.
        mean: `(B, Z)` of the posterior.
        log_variance: `(B, Z)` of the posterior.
        beta: weight of the KL.

    Returns:
        Two scalars, means over the batch: cross-entropy, and beta times
        KL(q || N(0, I)) = -1/2 sum(1 + log s^2 - m^2 - s^2).
    """
    ink = F.binary_cross_entropy_with_logits(logits.float(), x, reduction="sum") / len(x)
    mean, log_variance = mean.float(), log_variance.float()
    kl = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum() / len(x)
    return ink, beta * kl


def flow_matching_loss(
    prior: LatentPrior, z: Tensor, labels: Tensor, noise: Tensor | None = None
) -> Tensor:
    """Mean squared error of the velocity (Lipman et al. 2023, equation 23, sigma_min = 0).

    Args:
        prior: the velocity field that is trained.
        z: `(B, Z)` standardised latents.
        labels: `(B,)`.
        noise: `(B, Z)`, where each is to be carried from; `None` for any.
    """
    noise = torch.randn_like(z) if noise is None else noise
    t = torch.rand(len(z), device=z.device)
    between = torch.lerp(noise, z, t[:, None])
    return F.mse_loss(prior.velocity(between, t, labels).float(), z - noise)


def mixed_digits(net: DigitVAE, z: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Digits on the way between those of a batch, and with the labels of others.

    A digit's style is to go with every label, and a path between two labels is to lead through
    those two only: neither is in the training digits, so a critic has to say what was made.

    Args:
        net: whose decoder makes them.
        z: `(B, Z)` latents of digits.
        labels: `(B,)` theirs.

    Returns:
        `(H, 1, 28, 28)` in 0..1, H half of B, half way or with the style of either end; and
        `(H, 10)`, the mixtures of labels that they should show.
    """
    half = (len(z) + 1) // 2
    onehot = F.one_hot(labels, CLASSES).float()
    share = torch.rand(half, 1, device=z.device)
    asked = torch.lerp(onehot[:half], onehot.roll(-half, 0)[:half], share)
    either = torch.rand_like(share) < 0.5
    at = torch.where(either, torch.rand_like(share).round(), share)
    made = net.decode(torch.lerp(z[:half], z.roll(-half, 0)[:half], at), asked)
    return made.float().sigmoid(), asked


@torch.inference_mode()
def _posteriors(net: DigitVAE, digits: Digits) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of q(z | x, y) for all digits, `(N, Z)` each."""
    means, deviations = [], []
    for start in range(0, len(digits), 1000):
        mean, log_variance = net.encode(*digits.batch(slice(start, start + 1000)))
        means.append(mean.float())
        deviations.append((0.5 * log_variance.float()).exp())
    return torch.cat(means), torch.cat(deviations)


def train(options: CVAEOptions) -> dict[str, object]:
    """Train as told; weights and figures go into `options.out`, the figures are also returned.

    Raises:
        TrainError: something the user can mend.
    """
    parallel.alone("train.cvae")
    device = device_of(options)
    if options.push is not None:
        publish.check(options.push)
    writable_folder(options.out)
    digits = load_mnist(data_folder(options.data_dir), True, options.dataset)
    if options.limit:
        digits = digits[: options.limit]
    training, validation = (part.to(device) for part in split(digits, options.validation))
    torch.manual_seed(options.seed)
    net = build_generator(options.model).to(device)

    critic = None
    if options.perceptual or options.mixing:
        critic = train_critic(training, validation, options, options.critic_epochs)
    history, seconds = _train_autoencoder(net, critic, training, validation, options)
    figures: dict[str, object] = {
        "labels": DATASETS[options.dataset][1],
        "parameters": count_parameters(net),
        "epochs": len(history),
        "chosen": max(history, key=lambda row: row["validation_fit"]),
    }
    if isinstance(net.prior, LatentPrior):
        prior_history, prior_seconds = _train_prior(net, net.prior, training, validation, options)
        seconds += prior_seconds
        figures["prior_chosen"] = max(prior_history, key=lambda row: row["validation_fit"])
        if options.straight_epochs:
            straight_history, straight_seconds = _straighten(net, net.prior, critic, options)
            seconds += straight_seconds
            figures["straight_chosen"] = max(
                straight_history, key=lambda row: row["validation_fit"]
            )
    figures["training_seconds"] = round(seconds)
    _write_samples(options.out, net, options.seed)
    write_json(
        options.out / "metrics.json", {**figures, **provenance(), "options": asdict(options)}
    )
    if options.push is not None:
        publish.tell(publish.publish(options.out, options.push), options.push)
    return figures


def _train_autoencoder(
    net: DigitVAE,
    critic: ConvClassifier | None,
    training: Digits,
    validation: Digits,
    options: CVAEOptions,
) -> tuple[list[dict[str, float]], float]:
    def unlikeness(logits: Tensor, x: Tensor) -> Tensor:
        if critic is None:
            return logits.new_zeros(())
        return options.perceptual * perceptual_loss(critic, logits.float().sigmoid(), x)

    def loss(net: nn.Module, index: Tensor, _step: int) -> Tensor:
        x, y = training.batch(index)
        assert isinstance(net, DigitVAE)
        mean, log_variance = net.encode(x, y)
        z = net.reparameterize(mean.float(), log_variance.float())
        logits = net.decode(z, y)
        ink, kl = negative_elbo(logits, x, mean, log_variance, options.beta)
        loss = ink + kl + unlikeness(logits, x)
        if critic is not None and options.mixing:
            made, asked = mixed_digits(net, z.detach(), y)
            loss = loss + options.mixing * label_loss(critic, made, asked)
        return loss

    def validate(net: nn.Module) -> dict[str, float]:
        assert isinstance(net, DigitVAE)
        sums = torch.zeros(3)
        for start in range(0, len(validation), 1000):
            x, y = validation.batch(slice(start, start + 1000))
            mean, log_variance = net.encode(x, y)
            logits = net.decode(mean, y)
            terms = (
                *negative_elbo(logits, x, mean, log_variance, options.beta),
                unlikeness(logits, x),
            )
            sums += len(y) * torch.stack(terms).cpu()
        ink, kl, perceptual = (sums / len(validation)).tolist()
        x, y = validation.batch(slice(0, 50))
        pairs = torch.cat([x, net.decode(net.encode(x, y)[0], y).sigmoid()])[:, 0]
        pixels = pairs.mul(255).round().byte().cpu().numpy()
        _write_sheet(options.out / "reconstructions.png", pixels)
        return {
            "validation_fit": -ink - kl - perceptual,
            "validation_bce": ink,
            "validation_weighted_kl": kl,
            "validation_weighted_perceptual": perceptual,
        }

    return fit(
        net,
        len(training),
        options,
        loss,
        validate,
        name="cvae",
        score="validation_fit",
        on_best=lambda best: weights.save(best, options.out),
    )


def _train_prior(
    net: DigitVAE,
    kept: LatentPrior,
    training: Digits,
    validation: Digits,
    options: CVAEOptions,
) -> tuple[list[dict[str, float]], float]:
    means, deviations = _posteriors(net, training)
    prior = copy.deepcopy(kept)  # the net's own holds the best so far
    prior.mean.copy_(means.mean(0))
    prior.scale.copy_((means.var(0) + deviations.square().mean(0)).sqrt())

    # Drawn once, so that every epoch is validated on the same latents.
    torch.manual_seed(options.seed)
    held_mean, held_deviation = _posteriors(net, validation)
    held = prior.standardise(held_mean + held_deviation * torch.randn_like(held_mean))

    def loss(prior: nn.Module, index: Tensor, _step: int) -> Tensor:
        assert isinstance(prior, LatentPrior)
        z = means[index] + deviations[index] * torch.randn_like(means[index])
        return flow_matching_loss(prior, prior.standardise(z), training.labels[index])

    def validate(prior: nn.Module) -> dict[str, float]:
        assert isinstance(prior, LatentPrior)
        torch.manual_seed(options.seed)
        errors = [float(flow_matching_loss(prior, held, validation.labels)) for _ in range(8)]
        kept.load_state_dict(prior.state_dict())
        _write_samples(options.out, net, options.seed)
        return {"validation_fit": -sum(errors) / len(errors)}

    return _fit_prior(
        net,
        kept,
        prior,
        len(training),
        replace(options, epochs=options.prior_epochs),
        loss,
        validate,
        name="prior",
    )


def _fit_prior(
    net: DigitVAE,
    kept: LatentPrior,
    prior: LatentPrior,
    count: int,
    options: CVAEOptions,
    loss: Loss,
    validate: Validate,
    *,
    name: str,
) -> tuple[list[dict[str, float]], float]:
    """As `fit` trains `prior`; the best so far goes into `kept`, the net's own, and to the disk."""

    def keep(best: nn.Module) -> None:
        kept.load_state_dict(best.state_dict())
        weights.save(net, options.out)

    found = fit(
        prior,
        count,
        replace(
            options,
            batch_size=options.prior_batch_size,
            lr=options.prior_lr,
            weight_decay=0.0,
            ema=0.999,
        ),
        loss,
        validate,
        name=name,
        score="validation_fit",
        on_best=keep,
        stem=f"{name}-",
    )
    kept.load_state_dict(prior.state_dict())
    return found


@torch.no_grad()
def _carried(prior: LatentPrior, count: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Noise, labels, and the latents that the flow carries it to."""
    torch.manual_seed(seed)
    device = prior.mean.device
    noise = torch.randn(count, len(prior.mean)).to(device)
    labels = torch.arange(count, device=device) % CLASSES
    parts = zip(noise.split(2000), labels.split(2000), strict=True)
    bar = tqdm(parts, "pairs", math.ceil(count / 2000), leave=False, mininterval=1.0, disable=None)
    return noise, labels, torch.cat([prior.flow(some, shown) for some, shown in bar])


def clarified(net: DigitVAE, critic: ConvClassifier, z: Tensor, labels: Tensor) -> Tensor:
    """Latents moved until a critic sees what was asked for, where it does not.

    Down the gradient of its surprise, as in classifier guidance (Dhariwal & Nichol 2021, section
    4), and no further than need be: most latents stay as they are.

    Args:
        net: whose decoder shows what latents are.
        critic: a classifier.
        z: `(N, Z)`.
        labels: `(N,)`, what they should show.
    """
    moved, scale = z.clone(), z.std(0)
    for start in tqdm(
        range(0, len(z), 1000), "clarified", leave=False, mininterval=1.0, disable=None
    ):
        some, asked = z[start : start + 1000], labels[start : start + 1000]
        with torch.no_grad():
            seen = critic(net.decode(some, asked).sigmoid()).softmax(1)
        doubted = seen.gather(1, asked[:, None])[:, 0] < DOUBT
        some, asked = some[doubted], asked[doubted]
        if not len(some):
            continue
        by = torch.zeros_like(some, requires_grad=True)
        optimizer = torch.optim.Adam([by], lr=0.1)
        for _ in range(10):
            logits = critic(net.decode(some + by * scale, asked).sigmoid())
            surprise = F.cross_entropy(logits, asked, reduction="sum")
            (by.grad,) = torch.autograd.grad(surprise + FIRMNESS * by.square().sum(), by)
            optimizer.step()
        moved[start : start + 1000][doubted] = (some + by * scale).detach()
    return moved


def _straighten(
    net: DigitVAE, kept: LatentPrior, critic: ConvClassifier | None, options: CVAEOptions
) -> tuple[list[dict[str, float]], float]:
    """Flow matching once more, each noise with its own latent (reflow: Liu et al. 2023, section 2).

    Those pairs are what the curved flow makes of noise, so lines between them hardly cross, and one
    step along them arrives where the curved flow did in four. Latents in which the critic does not
    see the digit that was asked for are made clear before that.
    """
    begin = time.monotonic()
    noise, labels, z = _carried(kept, options.straight_pairs, options.seed)
    if critic is not None:
        z = clarified(net, critic, z, labels)
    z = kept.standardise(z)
    held = min(5000, len(z) // 10)
    prior = copy.deepcopy(kept)
    prior.steps.fill_(1)
    preparing = time.monotonic() - begin

    def loss(prior: nn.Module, index: Tensor, _step: int) -> Tensor:
        assert isinstance(prior, LatentPrior)
        index = index + held
        return flow_matching_loss(prior, z[index], labels[index], noise[index])

    def validate(prior: nn.Module) -> dict[str, float]:
        """Mean squared distance of where one step arrives from where it should."""
        assert isinstance(prior, LatentPrior)
        arrived = prior.standardise(prior.flow(noise[:held], labels[:held]))
        return {"validation_fit": -float(F.mse_loss(arrived, z[:held]))}

    history, seconds = _fit_prior(
        net,
        kept,
        prior,
        len(z) - held,
        # Small differences are what is learnt: no bfloat16.
        replace(options, epochs=options.straight_epochs, bf16=False),
        loss,
        validate,
        name="straight",
    )
    return history, preparing + seconds


def _write_samples(folder: Path, net: DigitVAE, seed: int) -> None:
    device = next(net.parameters()).device
    pictures = Generator(net, str(device)).sample(list(range(10)) * 10, seed=seed)
    _write_sheet(folder / "samples.png", pictures)


def _write_sheet(path: Path, pixels: Pixels) -> None:
    save_atomically(path, lambda part: sheet(pixels, columns=10).save(part, "PNG"))


def main() -> None:
    """The command line."""
    options = parse(CVAEOptions, None, "train.cvae", __doc__ or "", RECIPES)
    train(options)
    print(f"weights, metrics.json and samples.png are in {options.out}")


if __name__ == "__main__":
    run(main)
