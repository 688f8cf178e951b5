"""scikit-learn's side of the training tasks: one call of MLPClassifier.partial_fit is an epoch, with its shuffle."""
import sklearn
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_info

import turns

given = turns.arguments()
x, y = turns.read_images(given["train"])
rows = int(given["rows"]) or len(x)
x, y = x[:rows], y[:rows]
solver = "adam" if given["optimizer"] == "adam" else "sgd"
hidden = tuple(int(size) for size in given["net"].split("-")[1:-1])
model = MLPClassifier(hidden, solver=solver, learning_rate_init=float(given["rate"]), batch_size=int(given["batch"]),
                      momentum=0, alpha=0, random_state=1)


def turn():
    return {"partial_fit": turns.seconds_of(lambda: model.partial_fit(x, y, classes=list(range(10))))}


# NumPy's products are OpenBLAS's; it says which processor it takes this one for.
blas = [f"OpenBLAS {pool['version']} {pool['architecture']}" for pool in threadpool_info()
        if pool["internal_api"] == "openblas" and "numpy" in pool["filepath"]]  # SciPy brings one of its own
turns.serve(sklearn.__version__, blas[0] if blas else "", turn,
            lambda: {"accuracy": model.score(*turns.read_images(given["test"]))})
