"""What bench_peers.py measures: each task with its peers, and how a result of it is known to be right."""
import dataclasses

NET = "784-64-10"
DEEP = "784-2500-2000-1500-1000-500-10"


@dataclasses.dataclass(frozen=True)
class Task:
    name: str       # for --only
    title: str      # a heading of the table
    kind: str       # "train", "xor" or "predict": which program of a peer does it
    unit: str       # of the table: "s", "ms" or "µs"
    rounds: int
    arguments: dict  # NAME=VALUE for each peer's program
    peers: tuple    # besides chainrule
    threads: tuple = (1,)
    tolerance: float = 0.0  # train: between accuracies; xor: the largest error; predict: the same
    quick: dict = dataclasses.field(default_factory=dict)  # arguments that --quick changes


TASKS = (
    Task("train-small", f"An epoch of MNIST, {NET}, batch 64, SGD 0.1", "train", "s", 15,
         {"net": NET, "batch": 64, "optimizer": "sgd", "rate": 0.1, "rows": 60000},
         ("PyTorch", "scikit-learn"), tolerance=0.01, quick={"rows": 6400}),
    Task("train-wide", "An epoch of MNIST, 784-800-10, batch 128, Adam 0.001", "train", "s", 5,
         {"net": "784-800-10", "batch": 128, "optimizer": "adam", "rate": 0.001, "rows": 60000},
         ("PyTorch", "scikit-learn"), (1, 2), tolerance=0.01, quick={"rows": 6400}),
    # From 24 steps an epoch a net as deep as this has learnt something, and no two starts the same.
    Task("train-deep", f"24 steps of {DEEP}, batch 256, SGD 0.1", "train", "s", 5,
         {"net": DEEP, "batch": 256, "optimizer": "sgd", "rate": 0.1, "rows": 24 * 256},
         ("PyTorch",), (1, 2), tolerance=0.1, quick={"rows": 2 * 256}),
    Task("xor", "XOR, 2-3-1, sigmoid, 10,000 epochs of four rows", "xor", "ms", 25,
         {"epochs": 10000}, ("FANN",), tolerance=0.1),
    Task("predict-one", f"One prediction of {NET}", "predict", "µs", 25,
         {"net": NET, "rows": 1, "repeats": 5000},
         ("ONNX Runtime", "PyTorch", "FANN"), tolerance=1e-4, quick={"repeats": 1000}),
    Task("predict-many", f"10,000 predictions of {NET} at once", "predict", "ms", 25,
         {"net": NET, "rows": 10000, "repeats": 1},
         ("ONNX Runtime", "PyTorch", "FANN"), tolerance=1e-4),
)
