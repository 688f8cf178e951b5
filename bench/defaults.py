#!/usr/bin/env python3
"""Tables 1 to 4 of docs/explanation/defaults.md, measured anew: `bench/defaults.py PROGRAM SHARED [TABLE...]`.

Each figure is the mean over seeds on the test part. SHARED is the folder with data/california-housing.csv and
data/mnist; a table is printed in Markdown as soon as it is measured.
"""
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HOUSING = ["--target", "median_house_value", "--drop", "ocean_proximity", "--skip-bad-rows"]
LAYERS = ["16", "32", "64", "128", "64,32", "64,64", "128,64", "64,32,16", "128,64,32"]
PEAKS = ["0.0025", "0.005", "0.01", "0.02", "0.05"]
RATES = {"gd": "0.01 0.03 0.1 0.3", "momentum": "0.003 0.01 0.03 0.1", "nesterov": "0.003 0.01 0.03 0.1",
         "rmsprop": "0.0003 0.001 0.003 0.01", "adagrad": "0.003 0.01 0.03 0.1", "adam": "0.0003 0.001 0.003 0.01",
         "adamw": "0.0003 0.001 0.003 0.01", "rprop": "0.001 0.01 0.1", "lbfgs": "0.3 1"}
SCHEDULES = ["constant", "step", "exponential", "cosine", "plateau"]


def data(name):
    program, shared = sys.argv[1:3]
    mnist = os.path.join(shared, "data", "mnist", "%s-images-idx3-ubyte.gz")
    files = {"housing": [os.path.join(shared, "data", "california-housing.csv"), *HOUSING],
             "mnist": [mnist % "train", "--test", mnist % "t10k"]}
    return [program, "train", *files.get(name, ["@" + name])]


def learn(folder, name, options, seed):
    with tempfile.TemporaryDirectory(dir=folder) as own:
        run = subprocess.run([*data(name), *options, "--seed", str(seed), "--threads", "1", "--no-baseline", "-q", "--json",
                              "-o", os.path.join(own, "model.safetensors")], stdout=subprocess.PIPE, check=True)
    figures = json.loads(run.stdout)["test"]
    return figures.get("accuracy", figures.get("r2"))


def mean(pool, folder, name, options, seeds):
    """A function that waits for the figure, as the tables show it."""
    runs = [pool.submit(learn, folder, name, options, seed) for seed in range(1, seeds + 1)]

    def show():
        value = sum(run.result() for run in runs) / seeds
        return "%.3f" % value if name == "housing" else "%.1f" % (100 * value)
    return show


def table(pool, folder, head, rows):
    """Rows of (title, [(data, options, seeds)]); None: a cell that is not measured."""
    waiting = [(title, [cell and mean(pool, folder, *cell) for cell in cells]) for title, cells in rows]
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head), flush=True)
    for title, cells in waiting:
        print("| %s | %s |" % (title, " | ".join(cell() if cell else "–" for cell in cells)), flush=True)


def layers():
    few = [("digits", 20), ("iris", 20), ("spiral", 20)]
    rows = [("`%s`" % w, [("housing", ["--layers", w], 10)] +
             [None if w.count(",") > 1 else (name, ["--layers", w], seeds) for name, seeds in few]) for w in LAYERS]
    return ["layers", "housing, R² (10 seeds)", "digits, % (20)", "iris, % (20)", "spiral, % (20)"], rows


def peaks():
    sets = [("iris", ["--layers", "32"], 20), ("spiral", ["--layers", "16"], 20), ("housing", ["--layers", "64,64"], 10),
            ("digits", [], 20), ("mnist", ["--layers", "64", "--epochs", "5"], 2)]
    rows = [(peak, [None if (name, peak) == ("mnist", "0.05") else (name, [*options, "--lr", peak], seeds)
                    for name, options, seeds in sets]) for peak in PEAKS]
    return ["peak", "iris, 4 inputs, % (20 seeds)", "spiral, 2, % (20)", "housing, 8, R² (10)", "digits, 64, % (20)",
            "MNIST, 784, % (2)"], rows


def rates():
    options = ["--schedule", "constant", "--optimizer"]
    rows = [("`%s`, at %s" % (name, rate), [("digits", [*options, name, "--lr", rate], 10)])
            for name, all_rates in RATES.items() for rate in all_rates.split()]
    return ["optimiser and rate", "digits, % (10 seeds)"], rows


def parts():
    changed = [["--optimizer", name] for name in RATES] + [["--schedule", name] for name in SCHEDULES]
    rows = [("`%s`" % " ".join(options), [(name, options, 10) for name in ("iris", "spiral", "digits")])
            for options in changed]
    return ["", "`@iris`", "`@spiral`", "`@digits`"], rows


TABLES = {"1": layers, "2": peaks, "3": rates, "4": parts}


def main():
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        for number in sys.argv[3:] or TABLES:
            table(pool, folder, *TABLES[number]())


main()
