"""Trains a network to read handwritten digits and leaves it in $RESULT_DIR/model."""

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path

import digits
from metrics import Metrics

SEED = 7
HELD_OUT = 0.2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.path.join(os.environ.get("DATA_DIR", "."), "digits.csv.gz"))
    parser.add_argument("--epochs", type=int, default=12, help="how often it sees every image")
    parser.add_argument("--units", type=int, default=32, help="size of the hidden layer")
    parser.add_argument("--rate", type=float, default=0.1, help="length of the first epoch's steps")
    parser.add_argument("--at-least", type=float, default=0.9, help="share of held-out digits that must be right")
    return parser.parse_args()


def main():
    options = arguments()
    training, held_out = digits.split(digits.load(options.data), HELD_OUT, SEED)
    print(f"{len(training)} images to learn from, {len(held_out)} held out", flush=True)

    network, metrics, order = digits.Network.fresh(options.units, SEED), Metrics(), random.Random(SEED)
    started = time.monotonic()
    for epoch in range(1, options.epochs + 1):
        order.shuffle(training)
        rate = options.rate * 0.85 ** (epoch - 1)
        loss = sum(network.learn(pixels, digit, rate) for pixels, digit in training) / len(training)
        right = digits.accuracy(network, held_out)
        metrics.write("train", epoch, loss=loss)
        metrics.write("test", epoch, accuracy=right)
        print(f"epoch {epoch:2}  loss {loss:.4f}  held-out accuracy {right:.1%}", flush=True)
        print(f"::progress {epoch}/{options.epochs}", flush=True)

    folder = Path(os.environ.get("RESULT_DIR", ".")) / "model"
    folder.mkdir(parents=True, exist_ok=True)
    network.save(folder / "digits.json")
    facts = {"held_out_accuracy": right, "images": len(training), "epochs": options.epochs, "units": options.units}
    (folder / "about.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    print(f"{right:.1%} of {len(held_out)} held-out digits right after {time.monotonic() - started:.1f} s", flush=True)

    if right < options.at_least:
        sys.exit(f"Only {right:.1%} right, {options.at_least:.0%} were asked for.")


if __name__ == "__main__":
    main()
