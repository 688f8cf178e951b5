"""A peer's side of bench_peers.py in Python: it says that it is ready, then does its task once for each line "turn".

Answers are JSON objects, one a line; any other line, or the end of the input, is the end. turns.h is the same for C.
"""
import gzip
import json
import pathlib
import sys
import time


def arguments():
    """The arguments NAME=VALUE of this program."""
    return dict(argument.split("=", 1) for argument in sys.argv[1:])


def say(**answer):
    print(json.dumps(answer), flush=True)


def serve(version, detail, turn, finish):
    """Says the version and how it computes; then as above.

    `turn` returns the seconds of each way of doing the task, `finish` what there is to check.
    """
    say(version=version, detail=detail)
    for line in sys.stdin:
        if line != "turn\n":
            break
        say(**turn())
    say(**finish())


def seconds_of(work, repeats=1):
    """Seconds for doing the work once, as the mean of the repeats."""
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats


def read_bytes(path):
    raw = pathlib.Path(path).read_bytes()
    return gzip.decompress(raw) if str(path).endswith(".gz") else raw


def read_images(path):
    """Images (rows, 784) as floats from 0 to 1, and their labels; the two IDX files are named as MNIST's are."""
    import numpy as np
    images = np.frombuffer(read_bytes(path), np.uint8)[16:].reshape(-1, 28 * 28)
    labels = np.frombuffer(read_bytes(path.replace("images-idx3", "labels-idx1")), np.uint8)[8:]
    return (images / np.float32(255)).astype(np.float32), labels.astype(np.int64)


def read_floats(path, *shape):
    import numpy as np
    return np.fromfile(path, np.float32).reshape(shape)


def read_layers(path, net):
    """Weights (inputs, outputs) and biases of each layer of a net such as 784-64-10: all weights first, as in ours."""
    import numpy as np
    sizes = [int(size) for size in net.split("-")]
    flat, weights, biases, place = np.fromfile(path, np.float32), [], [], 0
    for inputs, outputs in zip(sizes, sizes[1:]):
        weights.append(flat[place:place + inputs * outputs].reshape(inputs, outputs))
        place += inputs * outputs
    for outputs in sizes[1:]:
        biases.append(flat[place:place + outputs])
        place += outputs
    return list(zip(weights, biases))
