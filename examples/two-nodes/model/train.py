"""Fits a line to points, on several nodes at once: each has points of its own, and all learn one line together.

One process on each node. What is learnt is saved in CHECKPOINT_DIR after each epoch, and an attempt that finds something
there goes on with it.
"""

import argparse
import json
import os
import pathlib
import subprocess

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

POINTS = 512


def load(model, optimizer, saved):
    if not saved.exists():
        return 0
    state = torch.load(saved)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]


def save(model, optimizer, epoch, saved):
    # Whole or not at all: the agent copies the folder at any moment.
    new = saved.with_suffix(".new")
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, new)
    new.replace(saved)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--epochs", type=int, default=20)
    options.add_argument("--hold-at", type=int, help="in a first attempt, run --hold after this many epochs")
    options.add_argument("--hold", help="a command for the last node alone; the others wait for it")
    arguments = options.parse_args()

    dist.init_process_group("gloo")
    rank, world = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(rank)
    inputs = torch.rand(POINTS, 1)
    outputs = 3 * inputs + 1

    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    saved = pathlib.Path(os.environ["CHECKPOINT_DIR"], "line.pt")
    first = load(model, optimizer, saved)
    print(f"Begins at epoch {first} of {arguments.epochs}, as {rank + 1} of {world}.", flush=True)

    together = DistributedDataParallel(model)
    for epoch in range(first, arguments.epochs):
        if first == 0 and epoch == arguments.hold_at:
            if rank == world - 1:
                subprocess.run(arguments.hold, shell=True, check=True)
            dist.barrier()
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(together(inputs), outputs)
        loss.backward()
        optimizer.step()
        if rank == 0:
            save(model, optimizer, epoch + 1, saved)
            print("::metrics " + json.dumps({"step": epoch + 1, "loss": loss.item()}), flush=True)
            print(f"::progress {epoch + 1}/{arguments.epochs}", flush=True)

    if rank == 0:
        target = pathlib.Path(os.environ["RESULT_DIR"], "model", "line.pt")
        target.parent.mkdir(exist_ok=True)
        torch.save(model.state_dict(), target)
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
