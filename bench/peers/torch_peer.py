"""PyTorch's side: it trains in the fastest of the ways tried here, and predicts in all of them.

A way of training is an optimiser's loop (one tensor after the other, foreach, fused) and a layout of the inputs: as
they are, where the wheel multiplies by MKL, or as oneDNN's tensors, where it multiplies by oneDNN. Which is faster
depends on the net and on the processor: MKL keeps to AVX2 on processors that are not Intel's.
"""
import copy
import itertools
import sys
import time
import warnings

import torch

import turns

warnings.simplefilter("ignore")
PLAIN, ONEDNN = "MKL", "oneDNN"
OPTIMIZERS = {"single": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
TRIAL_STEPS, TRIALS, TRIAL_SECONDS = 8, 3, 3.0


def serve(turn, finish):
    turns.serve(torch.__version__, torch.backends.cpu.get_cpu_capability(), turn, finish)


def make_net(sizes):
    """ReLU between the layers, and at the start what chainrule starts from: normal weights (He 2015) and no biases."""
    parts = []
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        linear = torch.nn.Linear(inputs, outputs)
        hidden = i < len(sizes) - 2
        torch.nn.init.kaiming_normal_(linear.weight, nonlinearity="relu" if hidden else "linear")
        torch.nn.init.zeros_(linear.bias)
        parts += [linear, torch.nn.ReLU()] if hidden else [linear]
    return torch.nn.Sequential(*parts)


class Training:
    """A net on its way, trained in one of the ways."""

    def __init__(self, options, data, way):
        torch.manual_seed(1)
        layout, loop = way
        self.batch, self.layout, (self.x, self.y) = int(options["batch"]), layout, data
        self.net = make_net([int(size) for size in options["net"].split("-")])
        kind = torch.optim.Adam if options["optimizer"] == "adam" else torch.optim.SGD
        self.optimizer = kind(self.net.parameters(), lr=float(options["rate"]), **OPTIMIZERS[loop])

    def forward(self, x):
        return self.net(x) if self.layout == PLAIN else self.net(x.to_mkldnn()).to_dense()

    def step(self, rows):
        self.optimizer.zero_grad(set_to_none=True)
        out = self.forward(self.x.index_select(0, rows))
        torch.nn.functional.cross_entropy(out, self.y.index_select(0, rows)).backward()
        self.optimizer.step()

    def epoch(self, steps=None):
        for rows in itertools.islice(torch.randperm(len(self.x)).split(self.batch), steps):
            self.step(rows)


def fastest_way(options, data):
    """Some steps in each way in turn, first to warm up and then for some seconds; the least time of a way counts."""
    trials = {}
    for way in itertools.product((PLAIN, ONEDNN), OPTIMIZERS):
        if way[0] == PLAIN or torch.backends.mkldnn.is_available():
            trials[way] = Training(options, data, way)
            trials[way].epoch(TRIAL_STEPS)
    times, end = {way: [] for way in trials}, time.monotonic() + TRIAL_SECONDS
    while min(map(len, times.values())) < TRIALS or time.monotonic() < end:
        for way, trial in trials.items():
            times[way].append(turns.seconds_of(lambda: trial.epoch(TRIAL_STEPS)))
    return min(times, key=lambda way: min(times[way]))


def train(options):
    x, y = map(torch.from_numpy, turns.read_images(options["train"]))
    xt, yt = map(torch.from_numpy, turns.read_images(options["test"]))
    rows = int(options["rows"]) or len(x)
    data = x[:rows].contiguous(), y[:rows].contiguous()
    way = fastest_way(options, data)
    training = Training(options, data, way)

    def finish():
        with torch.inference_mode():
            return {"accuracy": (training.forward(xt).argmax(1) == yt).float().mean().item()}

    serve(lambda: {", ".join(way): turns.seconds_of(training.epoch)}, finish)


def ways_to_predict(net, x, compiles):
    """Each a function of no arguments that predicts x; those that this build cannot do are left out."""
    def as_traced():
        traced = torch.jit.optimize_for_inference(torch.jit.trace(net, x))
        return lambda: traced(x)

    def as_onednn():
        from torch.utils import mkldnn
        converted = mkldnn.to_mkldnn(copy.deepcopy(net))  # it changes the layers of the net it is given
        return lambda: converted(x)  # converts x to oneDNN's layout at its first layer and y back at its last

    def as_compiled():
        compiled = torch.compile(net, dynamic=False)
        return lambda: compiled(x)

    ways = {"modules": lambda: net(x)}
    others = {"jit": as_traced, "oneDNN": as_onednn} | ({"compile": as_compiled} if compiles else {})
    for name, prepare in others.items():
        try:
            work = prepare()
            for _ in range(3):
                dense = work()
            ways[name] = work if not dense.is_mkldnn else lambda work=work: work().to_dense()
        except Exception as error:  # whatever a way lacks, a compiler or an operator, the others remain
            print(f"PyTorch cannot predict by {name}: {error}", file=sys.stderr)
    return ways


def predict(options):
    rows, repeats = int(options["rows"]), int(options["repeats"])
    layers = turns.read_layers(options["weights"], options["net"])
    parts = []
    for weight, bias in layers:
        linear = torch.nn.Linear(*weight.shape)
        linear.weight.data, linear.bias.data = torch.from_numpy(weight.T.copy()), torch.from_numpy(bias.copy())
        parts += [linear, torch.nn.ReLU()]
    net = torch.nn.Sequential(*parts[:-1], torch.nn.Softmax(dim=1)).eval()
    x = torch.from_numpy(turns.read_floats(options["inputs"], rows, layers[0][0].shape[0]))
    with torch.inference_mode():
        ways = ways_to_predict(net, x, options["compiles"] == "1")

        def finish():
            torch.stack([work() for work in ways.values()]).numpy().tofile(options["outputs"])
            return {}

        serve(lambda: {name: turns.seconds_of(work, repeats) for name, work in ways.items()}, finish)


if __name__ == "__main__":
    given = turns.arguments()
    torch.set_num_threads(int(given["threads"]))
    {"train": train, "predict": predict}[given["task"]](given)
