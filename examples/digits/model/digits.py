"""The digits as numbers between 0 and 1, and the small neural network that reads them. Standard library only."""

import csv
import gzip
import json
import math
import random
from operator import mul

PIXELS = 64
DIGITS = 10
DARKEST = 16


def load(path):
    """All images of a file: pairs of pixels and the digit they show."""
    with gzip.open(path, "rt", newline="") as lines:
        rows = [[int(float(text)) for text in row] for row in csv.reader(lines)]
    return [([pixel / DARKEST for pixel in row[:PIXELS]], row[PIXELS]) for row in rows]


def split(images, held_out, seed):
    """Shuffles, then holds a share out that training never sees."""
    images = list(images)
    random.Random(seed).shuffle(images)
    count = round(len(images) * held_out)
    return images[count:], images[:count]


class Network:
    """One hidden layer of rectified units, a softmax over the ten digits. A unit's last weight is its bias."""

    def __init__(self, hidden, output):
        self.hidden = hidden
        self.output = output

    @classmethod
    def fresh(cls, units, seed):
        numbers = random.Random(seed)

        def layer(count, inputs):
            scale = math.sqrt(2 / inputs)
            return [[numbers.gauss(0, scale) for _ in range(inputs)] + [0.0] for _ in range(count)]

        return cls(layer(units, PIXELS), layer(DIGITS, units))

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as file:
            stored = json.load(file)
        return cls(stored["hidden"], stored["output"])

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"hidden": self.hidden, "output": self.output}, file)

    def classify(self, pixels):
        return _largest(self._run(pixels)[1])

    def learn(self, pixels, digit, rate):
        """One step of gradient descent on one image; returns its cross entropy before the step."""
        active, chances = self._run(pixels)
        errors = [chance - (index == digit) for index, chance in enumerate(chances)]
        slopes = [
            sum(error * row[unit] for error, row in zip(errors, self.output)) if activation > 0 else 0.0
            for unit, activation in enumerate(active)
        ]
        self.output = [_step(row, active, rate * error) for row, error in zip(self.output, errors)]
        self.hidden = [_step(row, pixels, rate * slope) if slope else row for row, slope in zip(self.hidden, slopes)]
        return -math.log(max(chances[digit], 1e-12))

    def _run(self, pixels):
        active = [max(0.0, sum(map(mul, row, pixels)) + row[-1]) for row in self.hidden]
        return active, _softmax([sum(map(mul, row, active)) + row[-1] for row in self.output])


def _step(row, inputs, amount):
    return [weight - amount * value for weight, value in zip(row, inputs)] + [row[-1] - amount]


def _softmax(values):
    top = max(values)
    powers = [math.exp(value - top) for value in values]
    total = sum(powers)
    return [power / total for power in powers]


def _largest(values):
    return max(range(len(values)), key=values.__getitem__)


def accuracy(network, images):
    return sum(network.classify(pixels) == digit for pixels, digit in images) / len(images)
