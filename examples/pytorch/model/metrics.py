"""Writes measurements where the service looks for them: one JSON a line in $LOG_DIR/evaluation-metrics.txt."""

import json
import os
import time
from pathlib import Path


class Metrics:
    def __init__(self):
        self.path = Path(os.environ.get("LOG_DIR", ".")) / "evaluation-metrics.txt"
        self.count = 0

    def write(self, group, epoch, **values):
        self.count += 1
        line = {
            "meta": {
                "training_id": os.environ.get("TRAINING_ID", ""),
                "time": int(time.time() * 1000),
                "rindex": self.count,
            },
            "grouplabel": group,
            "etimes": {"epoch": {"type": "INT", "value": str(epoch)}},
            "values": {name: {"type": "FLOAT", "value": f"{value:.6f}"} for name, value in values.items()},
        }
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
