"""Where weights come from."""

from pathlib import Path

import pytest
import torch

from model import WeightsError, load_classifier, load_generator
from model.nets import ConvClassifier
from model.weights import FILES, ROOT, find, load, save

BUNDLED = ROOT / "weights"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_bytes((BUNDLED / "classifier" / name).read_bytes())
    return tmp_path


def test_bundled_weights_are_small() -> None:
    sizes = [file.stat().st_size for file in BUNDLED.rglob("*.safetensors")]
    assert len(sizes) >= 2
    assert sum(sizes) < 8_000_000


def test_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find("weights/classifier").folder == BUNDLED / "classifier"


@pytest.mark.parametrize("half", [False, True])
def test_saved_weights_come_back(tmp_path: Path, half: bool) -> None:
    net = load_classifier().net
    save(net, tmp_path, half=half)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(FILES)
    again = load(ConvClassifier, tmp_path)
    x = torch.rand(4, 1, 28, 28)
    assert torch.allclose(again(x), net(x), atol=1e-4)
    assert next(again.parameters()).dtype == torch.float32


def test_another_shape_of_net_comes_back(tmp_path: Path) -> None:
    save(ConvClassifier(stages=((4,), (8,)), hidden=16, dropout=0.5), tmp_path)
    assert load(ConvClassifier, tmp_path)(torch.rand(2, 1, 28, 28)).shape == (2, 10)


def test_no_folder() -> None:
    with pytest.raises(WeightsError, match="no folder of weights at '/no/such/place'"):
        load_classifier("/no/such/place")


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_missing(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(WeightsError, match=f"lacks {name}"):
        load_classifier(copy)


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"\x08\0\0\0\0\0\0\0{}      ", b"version https://git-lfs"]
)
def test_damaged_weights(copy: Path, content: bytes) -> None:
    (copy / "model.safetensors").write_bytes(content)
    with pytest.raises(WeightsError) as error:
        load_classifier(copy)
    assert "\n" not in str(error.value)


def test_truncated_weights(copy: Path) -> None:
    file = copy / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(WeightsError, match="damaged"):
        load_classifier(copy)


def test_a_bad_config(copy: Path) -> None:
    (copy / "config.json").write_text("{not json")
    with pytest.raises(WeightsError):
        load_classifier(copy)


def test_another_nets_weights_are_refused() -> None:
    with pytest.raises(WeightsError, match="not of a ConvCVAE"):
        load_generator("weights/classifier")
