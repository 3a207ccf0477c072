"""Reads digits with a trained network: predict.py MODEL DATA [LINE ...]

MODEL is the digits.json that a training run left, DATA a file such as digits.csv.gz, LINE the images to show (from 1).
"""

import sys

import digits

SHADES = " .:-=+*#@"


def picture(pixels):
    shades = [SHADES[round(pixel * (len(SHADES) - 1))] * 2 for pixel in pixels]
    return "\n".join("".join(shades[row : row + 8]) for row in range(0, digits.PIXELS, 8))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    network, images = digits.Network.load(sys.argv[1]), digits.load(sys.argv[2])
    for line in [int(text) for text in sys.argv[3:]]:
        pixels, digit = images[line - 1]
        print(f"{picture(pixels)}\nread as {network.classify(pixels)}, is {digit}\n")
    print(f"{digits.accuracy(network, images):.1%} of {len(images)} digits right")


if __name__ == "__main__":
    main()
