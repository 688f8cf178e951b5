#!/usr/bin/env python3
"""Works out every number of a trace (docs/reference/trace-format.md) anew from what is given in it.

usage: recompute_trace.py TRACE.json... ('-' is standard input); the standard library only, and no
code of chainrule. A number agrees within 1e-12, measured against the larger of itself and 1.
"""
import itertools
import json
import math
import sys

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
NUDGED_TOLERANCE = 1e-9  # costs near 1 are rounded by 1e-16, and that is divided by 2e-5


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def normal(z):  # the distribution function and the density
    return (1 + math.erf(z / math.sqrt(2))) / 2, math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


ACTIVATIONS = {  # value, and derivative in z
    "linear": (lambda z: z, lambda z: 1.0),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    "relu": (lambda z: max(0.0, z), lambda z: float(z > 0)),
    "leaky_relu": (lambda z: z if z >= 0 else z / 100, lambda z: 1.0 if z > 0 else 0.01),
    "elu": (lambda z: z if z >= 0 else math.expm1(z), lambda z: 1.0 if z >= 0 else math.exp(z)),
    "selu": (lambda z: SELU_SCALE * (z if z >= 0 else SELU_ALPHA * math.expm1(z)),
             lambda z: SELU_SCALE * (1.0 if z > 0 else SELU_ALPHA * math.exp(z))),
    "gelu": (lambda z: z * normal(z)[0], lambda z: normal(z)[0] + z * normal(z)[1]),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * sigmoid(-z))),
    "softplus": (lambda z: max(z, 0) + math.log1p(math.exp(-abs(z))), sigmoid),
}


def activate(name, z):
    if name != "softmax":
        return [ACTIVATIONS[name][0](v) for v in z]
    powers = [math.exp(v - max(z)) for v in z]
    return [p / math.fsum(powers) for p in powers]


def jacobian(name, z):  # [j][i] = da_i/dz_j
    a = activate(name, z)
    if name == "softmax":
        return [[a[i] * ((i == j) - a[j]) for i in range(len(a))] for j in range(len(a))]
    return [[ACTIVATIONS[name][1](z[j]) if i == j else 0.0 for i in range(len(a))] for j in range(len(a))]


def logs(z, output):  # ln a, from z
    if output == "softmax":
        return [v - max(z) - math.log(math.fsum(math.exp(u - max(z)) for u in z)) for v in z]
    return [min(v, 0) - math.log1p(math.exp(-abs(v))) for v in z]


def loss(name, output, a, y, z):  # of one row
    pairs = list(zip(a, y))
    if name == "binary_cross_entropy":
        inverse = logs([-v for v in z], output)
        return -math.fsum(t * p + (1 - t) * q for t, p, q in zip(y, logs(z, output), inverse))
    if name == "cross_entropy":
        return -math.fsum(t * p for t, p in zip(y, logs(z, output)))
    if name == "hinge" and len(a) == 1:
        return max(0.0, 1 - (2 * y[0] - 1) * a[0])
    if name == "hinge":
        right = y.index(max(y))
        return math.fsum(max(0.0, 1 + v - a[right]) for j, v in enumerate(a) if j != right)
    error = {"squared": lambda e: e * e, "half_squared": lambda e: e * e / 2,
             "huber": lambda e: e * e / 2 if abs(e) <= 1 else abs(e) - 0.5}[name]
    return math.fsum(error(v - t) for v, t in pairs)


def slope_of_loss(name, a, y):  # in a; of the two that take logarithms in z, after their output
    if name == "hinge" and len(a) == 1:
        sign = 2 * y[0] - 1
        return [-sign if 1 - sign * a[0] > 0 else 0.0]
    if name == "hinge":
        right = y.index(max(y))
        d = [float(1 + v - a[right] > 0) for v in a]
        return [v if j != right else 1 - math.fsum(d) for j, v in enumerate(d)]
    if name == "cross_entropy":
        return [v * math.fsum(y) - t for v, t in zip(a, y)]
    error = {"squared": lambda e: 2 * e, "huber": lambda e: max(-1.0, min(1.0, e))}.get(name, lambda e: e)
    return [error(v - t) for v, t in zip(a, y)]


class Pass:
    """One pass forward and back, a row at a time."""

    def __init__(self, net, x, y, w, b):
        self.net, self.x, self.y, self.w, self.b, n = net, x, y, w, b, len(x)
        self.z, self.a, below = [], [], x
        for layer, name in enumerate(net["activations"]):
            units = range(len(b[layer]))
            self.z.append([[math.fsum([b[layer][u]] + [v * row[u] for v, row in zip(r, w[layer])])
                            for u in units] for r in below])
            self.a.append([activate(name, r) for r in self.z[-1]])
            below = self.a[-1]
        if y is None:
            return
        self.share = 1 / n if net["reduction"] == "mean" else 1.0
        self.rows = [loss(net["loss"], net["activations"][-1], *r) for r in zip(self.a[-1], y, self.z[-1])]
        flat = [v for m in w for r in m for v in r]
        self.l1 = net["l1"] / (2 * n) * math.fsum(map(abs, flat))
        self.l2 = net["l2"] / (2 * n) * math.fsum(v * v for v in flat)
        self.data = math.fsum(self.rows) * self.share
        self.cost = self.data + self.l1 + self.l2

    def back(self):
        net, n, last = self.net, len(self.x), len(self.w) - 1
        self.fused = (net["loss"], net["activations"][-1]) in (
            ("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax"))
        self.jacobian = [[jacobian(name, r) for r in z] for name, z in zip(net["activations"], self.z)]
        start = [[v * self.share for v in slope_of_loss(net["loss"], *r)] for r in zip(self.a[-1], self.y)]
        self.da, self.dz, self.dw, self.db = ([None] * (last + 1) for _ in range(4))
        self.da[last] = start
        for k in range(last, -1, -1):
            below = self.a[k - 1] if k else self.x
            self.dz[k] = start if k == last and self.fused else [
                [math.fsum(j * d for j, d in zip(row, da)) for row in jac]
                for jac, da in zip(self.jacobian[k], self.da[k])]
            self.dw[k] = [[math.fsum([below[r][i] * self.dz[k][r][u] for r in range(n)] + [
                net["l2"] / n * v, net["l1"] / (2 * n) * ((v > 0) - (v < 0))])
                for u, v in enumerate(row)] for i, row in enumerate(self.w[k])]
            self.db[k] = [[math.fsum(c) for c in zip(*self.dz[k])]]
            if k:
                self.da[k - 1] = [[math.fsum(d * v for d, v in zip(dz, row)) for row in self.w[k]]
                                  for dz in self.dz[k]]
        return self


def diagonal(jacobians):
    return [[row[i] for i, row in enumerate(j)] for j in jacobians]


def path_value(p, layer, r, below, units, outputs):
    """The product along a path: into unit units[m] of a layer, out of its output outputs[m]."""
    last, value = len(p.w) - 1, below
    for m, k in enumerate(range(layer, last + 1)):
        if k > layer:
            value *= p.w[k][outputs[m - 1]][units[m]]
        value *= 1 if k == last and p.fused else p.jacobian[k][r][units[m]][outputs[m]]
    return value * (p.dz if p.fused else p.da)[last][r][outputs[-1]] / p.share


def check_weight(want, p, near):
    k, unit = want["layer"], want["index"][-1]
    bias, last = want["name"] == "b", len(p.w) - 1
    for r, row in enumerate(want["rows"]):
        below = 1.0 if bias else (p.a[k - 1] if k else p.x)[r][want["index"][0]]
        near("gradient of row %d" % r, row["gradient"], below * p.dz[k][r][unit] / p.share)
        values = [path_value(p, k, r, below, q["units"], q["outputs"]) for q in row["paths"]]
        near("paths", [q["value"] for q in row["paths"]], values)
        near("the rest", row["rest"], row["gradient"] - sum(values) if len(values) < row["path_count"] else 0.0)
        if row["path_count"] <= 3000 and "softmax" not in p.net["activations"][k:last + (not p.fused)]:
            ways = [(unit,) + rest for rest in itertools.product(*(range(len(p.b[m])) for m in range(k + 1, last + 1)))]
            near("number of paths", row["path_count"], len(ways))
            sizes = sorted((abs(path_value(p, k, r, below, q, q)) for q in ways), reverse=True)
            near("the largest paths", [abs(v) for v in values], sizes[:len(values)])
    where = (lambda w, b: (b[k], unit)) if bias else (lambda w, b: (w[k][want["index"][0]], unit))
    gradient = (p.db[k][0] if bias else p.dw[k][want["index"][0]])[unit]
    near("gradient", want["gradient"], gradient)
    near("updated", want["updated"], want["value"] - p.net["lr"] * gradient)
    costs = []
    for sign in (1, -1):
        w, b = json.loads(json.dumps([p.w, p.b]))
        values, place = where(w, b)
        values[place] += sign * want["step"]
        costs.append(Pass(p.net, p.x, p.y, w, b).cost)
    near("nudged", want["nudged"], (costs[0] - costs[1]) / (2 * want["step"]), NUDGED_TOLERANCE)


class Comparison:
    """Counts the numbers that agree; raises ValueError at the first that does not."""

    def __init__(self):
        self.seen = 0

    def __call__(self, what, found, expected, tolerance=1e-12):
        if isinstance(expected, list):
            if len(found) != len(expected):
                raise ValueError("%s: %d entries, not %d" % (what, len(found), len(expected)))
            for f, e in zip(found, expected):
                self(what, f, e, tolerance)
            return
        self.seen += 1
        if not abs(found - expected) <= tolerance * max(1, abs(expected)):
            raise ValueError("%s: found %.17g, expected %.17g" % (what, found, expected))

    def steps(self, trace, expected):
        for step in trace["steps"]:
            if step["section"] != "given":
                values = expected[step["name"]]
                self("%s of layer %s" % (step["name"], step["layer"]), step["values"],
                     values if step["layer"] is None else values[step["layer"]])
            if step["shape"] != [len(step["values"]), len(step["values"][0])]:
                raise ValueError("%s: the shape is not that of its values" % step["name"])


def answers(trace, outputs):
    unit = trace.get("unit", {"shift": 0.0, "scale": 1.0})
    scales, shifts = (v if isinstance(v, list) else [v] for v in (unit["scale"], unit["shift"]))
    return [[v * s + m for v, s, m in zip(row, scales, shifts)] for row in outputs]


def recompute_forward(trace, given, w, b):
    """A trace without targets: nothing but the way forward."""
    near, x = Comparison(), given["X", None]
    p = Pass(trace["network"], x, None, w, b)
    near.steps(trace, {"Z": p.z, "A": p.a, "answer": answers(trace, p.a[-1])})
    return near.seen


def recompute(trace):
    """How many numbers there were; raises ValueError at the first that is wrong."""
    assert trace["schema"] == "chainrule.explain/1" and trace["indices"] == "from 0"
    net, given, near = trace["network"], {}, Comparison()
    for step in trace["steps"]:
        given[step["name"], step["layer"]] = step["values"]
    layers = range(len(net["activations"]))
    w, b = [given["W", k] for k in layers], [given["b", k][0] for k in layers]
    if ("Y", None) not in given:
        return recompute_forward(trace, given, w, b)
    p = Pass(net, given["X", None], given["Y", None], w, b).back()
    new_w = [[[v - net["lr"] * d for v, d in zip(*r)] for r in zip(w[k], p.dw[k])] for k in layers]
    new_b = [[v - net["lr"] * d for v, d in zip(b[k], p.db[k][0])] for k in layers]

    expected = {"Z": p.z, "A": p.a, "dA": p.da, "dZ": p.dz, "dW": p.dw, "db": p.db, "new_W": new_w,
                "new_b": [[r] for r in new_b], "slope": [diagonal(j) for j in p.jacobian],
                "answer": answers(trace, p.a[-1]), "row_loss": [[v] for v in p.rows], "data_loss": [[p.data]], "l1": [[p.l1]], "l2": [[p.l2]],
                "cost": [[p.cost]], "new_cost": [[Pass(net, p.x, p.y, new_w, new_b).cost]]}
    near.steps(trace, expected)
    if "weight" in trace:
        check_weight(trace["weight"], p, near)
    return near.seen


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with sys.stdin if path == "-" else open(path, encoding="utf-8") as file:
            data = json.load(file)
        try:
            print("%s: %d numbers agree" % (path, recompute(data)))
        except ValueError as error:
            sys.exit("%s: %s" % (path, error))
