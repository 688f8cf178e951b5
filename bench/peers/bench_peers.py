#!/usr/bin/env python3
"""The same tasks on chainrule and on PyTorch, scikit-learn, FANN and ONNX Runtime, in turn.

A round gives each peer one turn, and what counts is the ratio within a round. A peer is a process of its own that
waits, stopped, while the others have their turn. Results are checked: a time counts only if what was timed is right.
`./run bench-peers` builds and installs what this needs; docs/reference/performance.md says more.
"""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import sys

import figures
import machine
import material
import report
from peer import Missing, Peer
from tasks import TASKS

ROOT = pathlib.Path(__file__).resolve().parents[2]


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench-peers", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two rounds of less work: does everything run?")
    parser.add_argument("--only", metavar="TASK", choices=[task.name for task in TASKS],
                        help="one task: " + ", ".join(task.name for task in TASKS))
    parser.add_argument("--data", metavar="DIR", type=pathlib.Path, default=ROOT / "data/mnist",
                        help="MNIST's four files, plain or .gz [data/mnist; something of their shape if not there]")
    parser.add_argument("--build", metavar="DIR", type=pathlib.Path, default=ROOT / "build", help="the build [build]")
    return parser.parse_args()


def take_turns(peers, rounds):
    """The line of each peer after all rounds and one to warm up; who fails is left out."""
    seconds, results, there = {peer: [] for peer in peers}, {}, list(peers)
    for number in range(rounds + 2):
        for peer in list(there):
            try:
                if number <= rounds:
                    seconds[peer].append(peer.turn())
                else:
                    results[peer] = peer.finish()
            except Missing as why:
                say(f"  without {peer.name}: {why}")
                there.remove(peer)
    return [figures.Line(peer, seconds[peer][1:], results[peer]) for peer in there]


class Bench:
    def __init__(self, options):
        self.options, self.build = options, options.build.resolve()
        self.folder = self.build / "bench-peers"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.machine = machine.describe(ROOT, self.build)
        if self.machine["load_before"] > 0.5:
            say(f"something else is at work here (load average {self.machine['load_before']:.1f}): times will be long")
        self.data, self.machine["data"] = options.data, "MNIST"
        if not material.is_complete(self.data):
            say(f"MNIST is not in {self.data}: synthetic images of its shape")
            self.data, self.machine["data"] = self.folder / "data", "synthetic"
            if not material.is_complete(self.data):
                material.write_synthetic(self.data)

    def given(self, task):
        """The arguments of all peers, and the material of a prediction."""
        values = {**task.arguments, **(task.quick if self.options.quick else {}), "folder": self.folder,
                  "turns": self.rounds(task) + 1}
        prediction = None
        if task.kind == "train":
            values |= {part: material.find(self.data, f"{file}-{material.IMAGES}")
                       for part, file in (("train", "train"), ("test", "t10k"))}
        if task.kind == "predict":
            prediction = material.Prediction(self.folder, self.data, values["net"], values["rows"])
            values |= {**prediction.files, "spec": prediction.spec(), "compiles": int(not self.options.quick)}
        return values, prediction

    def outputs(self, name):
        return self.folder / f"{name.replace(' ', '-')}.out"

    def rounds(self, task):
        return 2 if self.options.quick else task.rounds

    def start(self, task, values):
        """The peers that are there, each with its files for what it makes."""
        peers = []
        for threads in task.threads:
            for name in ("chainrule",) + task.peers:
                own = {"model": self.folder / f"{task.name}-{threads}.safetensors",
                       "outputs": self.outputs(name)}
                if name == "chainrule" and values.get("optimizer") == "sgd":
                    own["optimizer"] = "gd"
                try:
                    peers.append(Peer(name, threads, task.kind, {**values, **own}, self.build,
                                      self.machine["instructions"]))
                except Missing as why:
                    say(f"  without {name}: {why}")
        return peers

    def run(self, task):
        """The lines of a task."""
        say(f"{task.name}: {task.title}")
        values, prediction = self.given(task)
        peers = self.start(task, values)
        try:
            lines = take_turns(peers, self.rounds(task))
        finally:
            for peer in peers:
                peer.kill()
        if prediction:
            for line in lines:
                line.result["error"] = prediction.error(self.outputs(line.name), sigmoid=line.name == "FANN")
        self.check(task, lines)
        return [self.as_json(task, line, lines) for line in lines]

    def check(self, task, lines):
        """Says what is right: accuracy near ours, small errors, and the same model whatever the threads."""
        ours = next((line.result for line in lines if line.name == "chainrule"), None)
        for line in lines:
            result = line.result
            if task.kind != "train":
                result["right"] = result["error"] <= task.tolerance
            elif ours:
                near = abs(result["accuracy"] - ours["accuracy"]) <= task.tolerance
                result["right"] = near or self.options.quick  # so few steps say nothing
            if task.kind == "train" and line.name == "chainrule":
                model = self.folder / f"{task.name}-{line.threads}.safetensors"
                result["model_sha256"] = hashlib.sha256(model.read_bytes()).hexdigest()
                result["same_model"] = result["model_sha256"] == ours["model_sha256"]
                result["right"] = result["right"] and result["same_model"]

    @staticmethod
    def as_json(task, line, lines):
        def find(name, threads):
            return next((other for other in lines if (other.name, other.threads) == (name, threads)), None)
        return line.as_json(task, find("chainrule", line.threads), find(line.name, 1))


def main():
    options = arguments()
    bench = Bench(options)
    chosen = [task for task in TASKS if options.only in (None, task.name)]
    lines = [line for task in chosen for line in bench.run(task)]
    bench.machine |= {"date": datetime.date.today().isoformat(), "load_after": os.getloadavg()[0]}
    results = bench.folder / "results.jsonl"
    with open(results, "w", encoding="utf-8") as file:
        for line in [{"schema": "chainrule.bench-peers/1", "quick": options.quick, **bench.machine}] + lines:
            file.write(json.dumps(line) + "\n")
    say(f"all figures: {results}")
    text = report.markdown(bench.machine, chosen, lines)
    if options.quick or options.only:
        print(text)
    else:
        report.write(ROOT / "docs/reference/performance.md", text)
    if options.quick:
        say("two rounds, of less work than the titles say: these figures are not worth keeping")
    wrong = [f"{line['task']}, {line['peer']}" for line in lines if not line.get("right", True)]
    if wrong:
        sys.exit("results that are not right: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
