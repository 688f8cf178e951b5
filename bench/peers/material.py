"""What the peers work on: MNIST's files or something of their shape, and the weights of the nets that predict.

The standard library only, so that what is here does not depend on which peers are installed.
"""
import array
import gzip
import math
import random

IMAGES, LABELS, PIXELS = "images-idx3-ubyte", "labels-idx1-ubyte", 28 * 28
PARTS = {"train": 60000, "t10k": 10000}


def find(folder, name):
    for path in (folder / name, folder / (name + ".gz")):
        if path.exists():
            return path
    return None


def is_complete(folder):
    return all(find(folder, f"{part}-{kind}") for part in PARTS for kind in (IMAGES, LABELS))


def write_synthetic(folder):
    """Ten patterns of random bytes, one a class, of which each image keeps the bits that happen to be in another."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1)
    patterns = [draw.getrandbits(8 * PIXELS) for _ in range(10)]
    for part, rows in PARTS.items():
        labels = bytes(draw.randrange(10) for _ in range(rows))
        head = [(0x803).to_bytes(4, "big")] + [size.to_bytes(4, "big") for size in (rows, 28, 28)]
        images = [(patterns[label] & draw.getrandbits(8 * PIXELS)).to_bytes(PIXELS, "big") for label in labels]
        (folder / f"{part}-{IMAGES}").write_bytes(b"".join(head + images))
        (folder / f"{part}-{LABELS}").write_bytes((0x801).to_bytes(4, "big") + rows.to_bytes(4, "big") + labels)


def read_pixels(folder, rows):
    path = find(folder, f"t10k-{IMAGES}")
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        return file.read(16 + rows * PIXELS)[16:]


def write_floats(path, numbers):
    with open(path, "wb") as file:
        array.array("f", numbers).tofile(file)


def read_floats(path):
    floats = array.array("f")
    floats.frombytes(path.read_bytes())
    return floats


class Prediction:
    """Images and a net to predict them with, as files for the peers; and what they have to predict, in double."""

    def __init__(self, folder, data, net, rows):
        self.sizes = [int(size) for size in net.split("-")]
        self.rows = rows
        draw = random.Random(2)
        numbers = [draw.gauss(0, math.sqrt(2 / inputs)) for inputs, outputs in zip(self.sizes, self.sizes[1:])
                   for _ in range(inputs * outputs)]
        numbers += [draw.uniform(-0.5, 0.5) for _ in range(sum(self.sizes[1:]))]
        self.files = {"weights": folder / "weights.bin", "inputs": folder / "inputs.bin"}
        write_floats(self.files["weights"], numbers)
        write_floats(self.files["inputs"], (pixel / 255 for pixel in read_pixels(data, rows)))
        self.numbers, self.inputs = array.array("f", numbers), read_floats(self.files["inputs"])

    def spec(self):
        """The net as cr_net_create reads it."""
        hidden = "".join(f"-{size}:relu" for size in self.sizes[1:-1])
        return f"{self.sizes[0]}{hidden}-{self.sizes[-1]}:softmax"

    def expected(self, row, sigmoid):
        """The outputs for a row: ReLU and softmax, or sigmoids all the way."""
        values = self.inputs[row * self.sizes[0]:(row + 1) * self.sizes[0]]
        place, bias = 0, sum(a * b for a, b in zip(self.sizes, self.sizes[1:]))
        for layer, (inputs, outputs) in enumerate(zip(self.sizes, self.sizes[1:])):
            sums = [self.numbers[bias + j] + sum(values[i] * self.numbers[place + i * outputs + j]
                                                 for i in range(inputs)) for j in range(outputs)]
            place, bias = place + inputs * outputs, bias + outputs
            last = layer == len(self.sizes) - 2
            if sigmoid:
                values = [1 / (1 + math.exp(-z)) for z in sums]
            elif last:
                powers = [math.exp(z - max(sums)) for z in sums]
                values = [power / sum(powers) for power in powers]
            else:
                values = [max(z, 0) for z in sums]
        return values

    def error(self, path, sigmoid):
        """The largest difference of some rows from what they have to be, in each of the blocks of rows in a file."""
        found, width = read_floats(path), self.sizes[-1]
        block = self.rows * width
        if len(found) == 0 or len(found) % block != 0:
            return math.inf
        largest = 0.0
        for row in range(0, self.rows, max(self.rows // 5, 1)):
            right = self.expected(row, sigmoid)
            for start in range(row * width, len(found), block):
                largest = max(largest, *(abs(a - b) for a, b in zip(found[start:start + width], right)))
        return largest
