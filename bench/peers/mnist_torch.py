#!/usr/bin/env python3
"""MNIST, 784-64-10, batch 64, plain gradient descent, one thread: chainrule against PyTorch.

usage: mnist_torch.py [--data data/mnist] [--program build/chainrule] [--rounds 7] [--threads 1]

The two run in turn, an epoch of each a round, and what counts is the ratio within a round. Both shuffle, prepare
batches and train on all 60,000 images; PyTorch holds them as floats in memory before the clock starts, chainrule
converts bytes as it goes. Prints one JSON line with minimum, median and interquartile range of each.
Needs PyTorch and numpy; the four files of MNIST, plain or .gz.
"""
import argparse, gzip, json, os, pathlib, statistics, subprocess, tempfile, time

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--data", default="data/mnist")
parser.add_argument("--program", default="build/chainrule")
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--threads", type=int, default=1)
args = parser.parse_args()
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(args.threads)
import numpy as np
import torch

data = pathlib.Path(args.data)


def find(name):
    plain = data / name
    return plain if plain.exists() else data / (name + ".gz")


def idx(name, skip):
    path = find(name)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return np.frombuffer(raw, np.uint8)[skip:]


images = (idx("train-images-idx3-ubyte", 16).reshape(-1, 784) / np.float32(255)).astype(np.float32)
X, Y = torch.from_numpy(images), torch.from_numpy(idx("train-labels-idx1-ubyte", 8).astype(np.int64))
torch.set_num_threads(args.threads)
torch.manual_seed(1)
net = torch.nn.Sequential(torch.nn.Linear(784, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
loss, descent = torch.nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), 0.1)


def torch_epoch():
    start, order = time.perf_counter(), torch.randperm(len(X))
    for i in range(0, len(X), 64):
        rows = order[i:i + 64]
        descent.zero_grad()
        loss(net(X[rows]), Y[rows]).backward()
        descent.step()
    return time.perf_counter() - start


def chainrule_epoch():
    epochs = 5
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run(
            [args.program, "train", str(find("train-images-idx3-ubyte")), "--layers", "64", "--activation", "relu",
             "--optimizer", "gd", "--schedule", "constant", "--lr", "0.1", "--batch", "64", "--epochs", str(epochs),
             "--split", "100/0/0", "--keep", "last", "--threads", str(args.threads), "--json", "-q", "-o", folder + "/m.safetensors"],
            check=True, capture_output=True, text=True)
    return json.loads(out.stdout)["seconds"] / epochs


def figures(values):
    low, median, high = statistics.quantiles(values, n=4)
    return {"min": round(min(values), 4), "median": round(median, 4), "iqr": round(high - low, 4)}


torch_epoch(), chainrule_epoch()
pairs = [(torch_epoch(), chainrule_epoch()) for _ in range(args.rounds)]
print(json.dumps({
    "task": "MNIST 784-64-10, batch 64, gd, seconds an epoch", "threads": args.threads, "rounds": args.rounds,
    "torch": {"version": torch.__version__, **figures([t for t, _ in pairs])},
    "chainrule": figures([c for _, c in pairs]),
    "torch_over_chainrule": figures([t / c for t, c in pairs])}))
