"""Trains a convolutional network to read handwritten digits and leaves its state in $RESULT_DIR/model."""

import argparse
import csv
import gzip
import json
import os
import sys
import time
from pathlib import Path

try:
    import torch
except ImportError:
    sys.exit(
        f"PyTorch is not there for {sys.executable}. Install it (on Debian: apt-get install python3-torch) and see "
        "that the python3 of the service's PATH is the one that has it."
    )

from torch import nn
from torch.nn import functional

from metrics import Metrics

SEED = 7
HELD_OUT = 0.2
DARKEST = 16


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.path.join(os.environ.get("DATA_DIR", "."), "digits.csv.gz"))
    parser.add_argument("--epochs", type=int, default=15, help="how often it sees every image")
    parser.add_argument("--batch", type=int, default=32, help="images in a step")
    parser.add_argument("--rate", type=float, default=2e-3, help="Adam's learning rate")
    return parser.parse_args()


def network():
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.Linear(32 * 4 * 4, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def load(path):
    with gzip.open(path, "rt", newline="") as lines:
        rows = torch.tensor([[float(text) for text in row] for row in csv.reader(lines)])
    return rows[:, :64].reshape(-1, 1, 8, 8) / DARKEST, rows[:, 64].long()


def split(images, digits):
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(SEED))
    count = round(len(images) * HELD_OUT)
    return (images[order[count:]], digits[order[count:]]), (images[order[:count]], digits[order[:count]])


def learn(model, optimizer, images, digits, batch):
    """One pass over all images; returns the mean loss."""
    model.train()
    total = 0.0
    for chosen in torch.randperm(len(images), device=images.device).split(batch):
        loss = functional.cross_entropy(model(images[chosen]), digits[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(chosen)
    return total / len(images)


@torch.no_grad()
def accuracy(model, images, digits):
    model.eval()
    return (model(images).argmax(dim=1) == digits).float().mean().item()


def main():
    options = arguments()
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    training, held_out = split(*(tensor.to(device) for tensor in load(options.data)))
    print(f"PyTorch {torch.__version__} on {name}: {len(training[0])} images to learn from, {len(held_out[0])} held out", flush=True)

    model, metrics = network().to(device), Metrics()
    optimizer = torch.optim.Adam(model.parameters(), lr=options.rate)
    started = time.monotonic()
    for epoch in range(1, options.epochs + 1):
        loss = learn(model, optimizer, *training, options.batch)
        right = accuracy(model, *held_out)
        metrics.write("train", epoch, loss=loss)
        metrics.write("test", epoch, accuracy=right)
        print(f"epoch {epoch:2}  loss {loss:.4f}  held-out accuracy {right:.1%}", flush=True)
        print(f"::progress {epoch}/{options.epochs}", flush=True)

    folder = Path(os.environ.get("RESULT_DIR", ".")) / "model"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({name: tensor.cpu() for name, tensor in model.state_dict().items()}, folder / "digits.pt")
    facts = {"held_out_accuracy": right, "epochs": options.epochs, "torch": torch.__version__, "device": device.type}
    (folder / "about.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    print(f"{right:.1%} of {len(held_out[0])} held-out digits right after {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
