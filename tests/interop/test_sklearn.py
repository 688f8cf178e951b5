#!/usr/bin/env python3
"""Tables of scikit-learn learnt by chainrule with no option, and by its MLP with its defaults.

usage: test_sklearn.py PROGRAM

Five folds of each table; of each fold three starts, so that a lucky one decides nothing. Both learn
from the same rows, as CSV and as arrays that StandardScaler has scaled; both are measured on the
rows of the fold, which neither has seen. Folds and seeds were fixed before the first run; the
defaults were chosen with other ones. It fails where chainrule is lower by more than chance: more
than twice the standard error of the folds' differences.
"""
import json
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy
    from sklearn import datasets
    from sklearn.model_selection import KFold, StratifiedKFold
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ImportError:
    print("skipped: there is no scikit-learn")
    sys.exit(77)

TABLES = ["iris", "wine", "breast_cancer", "diabetes", "digits"]
FOLDS, STARTS, FOLD_SEED = 5, 3, 20260


def write_csv(path, x, y):
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join("x%d" % (c + 1) for c in range(x.shape[1])) + ",y\n")
        for row, target in zip(x.tolist(), y.tolist()):
            file.write(",".join(map(repr, row)) + "," + (target if isinstance(target, str) else repr(target)) + "\n")


def ours(program, folder, train, test, seed):
    paths = [os.path.join(folder, name) for name in ("train.csv", "test.csv", "model.safetensors")]
    write_csv(paths[0], *train)
    write_csv(paths[1], *test)
    run = subprocess.run([program, "train", paths[0], "--test", paths[1], "--seed", str(seed), "-o", paths[2],
                          "-q", "--json"], stdout=subprocess.PIPE, check=True)
    figures = json.loads(run.stdout)["test"]
    return figures.get("accuracy", figures.get("r2"))


def theirs(train, test, seed):
    network = MLPRegressor if train[1].dtype.kind == "f" else MLPClassifier
    return make_pipeline(StandardScaler(), network(random_state=seed)).fit(*train).score(*test)


def load(name):
    table = getattr(datasets, "load_" + name)()
    classes = getattr(table, "target_names", None)
    return table.data, table.target if classes is None else numpy.array([str(c) for c in classes])[table.target]


def compare(program, folder, name):
    """Means of (chainrule, scikit-learn) in each fold."""
    x, y = load(name)
    folds = (KFold if y.dtype.kind == "f" else StratifiedKFold)(FOLDS, shuffle=True, random_state=FOLD_SEED)
    scores = []
    for train, test in folds.split(x, y):
        parts = (x[train], y[train]), (x[test], y[test])
        scores.append([numpy.mean([ours(program, folder, *parts, seed) for seed in range(1, STARTS + 1)]),
                       numpy.mean([theirs(*parts, seed) for seed in range(1, STARTS + 1)])])
    return y.dtype.kind == "f", x.shape, numpy.array(scores)


def error_of(differences):
    return differences.std(ddof=1) / len(differences) ** 0.5


def main():
    warnings.simplefilter("ignore")  # that 200 epochs were not enough
    worse = 0
    print("%-14s %6s %7s  %-9s %9s %13s  %s" % ("table", "rows", "inputs", "", "chainrule", "scikit-learn", "difference"))
    with tempfile.TemporaryDirectory() as folder:
        for name in TABLES:
            numbers, shape, scores = compare(sys.argv[1], folder, name)
            mean = scores.mean(axis=0)
            difference = scores[:, 0] - scores[:, 1]
            print("%-14s %6d %7d  %-9s %9.4f %13.4f  %+.4f ± %.4f" % (name, *shape, "R²" if numbers else "accuracy", *mean,
                                                                       difference.mean(), error_of(difference)), flush=True)
            worse += difference.mean() < -2 * error_of(difference)
    if worse:
        sys.exit("%d of %d tables are learnt worse" % (worse, len(TABLES)))


main()
