#!/usr/bin/env python3
"""Traces of `chainrule explain --format json`, each recomputed by recompute_trace.py.

usage: test_traces.py PROGRAM VECTORS: every case in the folder VECTORS, and cases made here for
each activation and loss; the whole step, and single weights. Then traces with one number changed,
which must not pass.
"""
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

import recompute_trace

PROGRAM, VECTORS = sys.argv[1:3]
PROBABILITIES = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}
draw = random.Random(3)


def explain(path, *options):
    words = [PROGRAM, "explain", path, "--format", "json", *options]
    result = subprocess.run(words, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit("%s: %s" % (" ".join(words), result.stderr))
    return json.loads(result.stdout)


def check(path, *options):
    try:
        return recompute_trace.recompute(explain(path, *options))
    except ValueError as error:
        sys.exit("%s %s: %s" % (path, " ".join(options), error))


def check_case(path):
    with open(path, encoding="utf-8") as file:
        last = len(json.load(file)["layers"]) - 1
    names = ["W1[1,1]", "b1[1]", "W%d[1,1]" % last, "b%d[1]" % last]
    return sum([check(path)] + [check(path, "--weight", name, "--top", "3") for name in names])


def numbers(rows, cols):
    return [[draw.uniform(-1.2, 1.2) for _ in range(cols)] for _ in range(rows)]


def make_case(folder, layers, activations, loss, **more):
    rows, outputs = 3, layers[-1]
    y = numbers(rows, outputs)
    if loss in PROBABILITIES or loss == "hinge":
        y = [[float(r % max(outputs, 2) == k) for k in range(outputs)] for r in range(rows)]
    case = {"layers": layers, "activations": activations, "loss": loss, "reduction": "mean", "lr": 0.25,
            "X": numbers(rows, layers[0]), "Y": y, "W": [numbers(a, b) for a, b in zip(layers, layers[1:])],
            "b": [numbers(1, b)[0] for b in layers[1:]], **more}
    path = os.path.join(folder, "%s-%s-%d.json" % ("-".join(activations), loss, outputs))
    with open(path, "w", encoding="utf-8") as file:
        json.dump(case, file)
    return path


def made_cases(folder):
    for name in list(recompute_trace.ACTIVATIONS) + ["softmax"]:
        yield make_case(folder, [2, 3, 2], [name, "sigmoid"], "half_squared")
        yield make_case(folder, [3, 2], [name], "squared", l1=0.2, l2=0.3, reduction="sum")
    for loss in ("squared", "half_squared", "huber", "hinge", "binary_cross_entropy", "cross_entropy"):
        output = PROBABILITIES.get(loss, "linear")
        for outputs in (1, 3) if loss != "cross_entropy" else (3,):
            yield make_case(folder, [2, 3, outputs], ["tanh", output], loss)
    yield make_case(folder, [3, 4, 4, 4, 2], ["tanh", "softplus", "silu", "softmax"], "cross_entropy")
    yield make_case(folder, [2, 3, 3, 2], ["tanh", "softmax", "linear"], "huber")


def check_that_faults_show(path):
    """Each step with its first number off by a part in 10^10 must be refused."""
    caught = 0
    for place in range(len(explain(path)["steps"])):
        trace = explain(path)
        step = trace["steps"][place]
        if step["section"] == "given":
            continue
        step["values"][0][0] += 1e-10
        try:
            recompute_trace.recompute(trace)
            sys.exit("%s: a wrong %s of layer %s went unnoticed" % (path, step["name"], step["layer"]))
        except ValueError:
            caught += 1
    return caught


def check_models(folder):
    """Rows and samples of a model that scales, with a target and without; the answer in its unit."""
    rows, bare = os.path.join(folder, "rows.csv"), os.path.join(folder, "bare.csv")
    lines = [(draw.uniform(50, 200), draw.uniform(0, 50)) for _ in range(40)]
    with open(rows, "w", encoding="utf-8") as file:
        file.write("size,age,price\n" + "".join("%r,%r,%r\n" % (a, b, 3000 * a - 900 * b) for a, b in lines))
    with open(bare, "w", encoding="utf-8") as file:
        file.write("size,age\n" + "".join("%r,%r\n" % line for line in lines))
    model = os.path.join(folder, "m.safetensors")
    subprocess.run([PROGRAM, "train", rows, "-q", "-o", model, "--layers", "3", "--epochs", "5"], check=True,
                   stdout=subprocess.DEVNULL)
    x = ("--x", "%r,%r" % lines[0])
    whole, alone = explain(model, rows), explain(model, *x)
    answers = [s["values"][0][0] for t in (whole, alone) for s in t["steps"] if s["name"] == "answer"]
    if len(answers) != 2 or abs(answers[0] - answers[1]) > 1e-6 * abs(answers[0]):  # rows of a table are floats
        sys.exit("a sample and the same row of a table differ: %s" % answers)
    if {s["section"] for s in alone["steps"]} != {"given", "forward"}:
        sys.exit("without a target there is more than the way forward")
    both = os.path.join(folder, "both.csv")
    with open(both, "w", encoding="utf-8") as file:
        file.write("size,age,price,tax\n" + "".join("%r,%r,%r,%r\n" % (a, b, 3000 * a, 90 - b) for a, b in lines))
    two = os.path.join(folder, "two.safetensors")
    subprocess.run([PROGRAM, "train", both, "--target", "price,tax", "-q", "-o", two, "--layers", "3", "--epochs", "5"],
                   check=True, stdout=subprocess.DEVNULL)
    shifts = explain(two, both)["unit"]["shift"]
    if len(shifts) != 2 or shifts[0] < 1000 * shifts[1]:
        sys.exit("two targets of very different size have the shifts %s" % shifts)
    return (check(model, rows, "--rows", "1-3") + check(model, *x) + check(model, bare) +
            check(two, both, "--rows", "2-4") + check(two, bare) +
            check(model, *x, "--target", "300000", "--weight", "W1[1,1]"))


with tempfile.TemporaryDirectory() as folder:
    paths = sorted(glob.glob(os.path.join(VECTORS, "*.json"))) + list(made_cases(folder))
    total = sum(check_case(path) for path in paths)
    total += check_models(folder)
    faults = check_that_faults_show(paths[0])
print("%d cases, %d numbers agree; %d of %d wrong ones were caught" % (len(paths), total, faults, faults))
