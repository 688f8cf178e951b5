"""How fast is CSV read, beside pandas' C reader and pyarrow's? Usage: bench_csv.py [--rounds N] [--data DIR] [--quick]

Each round gives each reader one turn on the same file, with one thread and with all. What counts is
processor time with one thread and the clock with all. chainrule's time is that of cr_table_read:
the fingerprint, figures of all columns and the search for copies of rows are in it; the others have
no such thing. Memory that is freed stays with the process, as pyarrow's allocator keeps it by
itself: what is timed is reading, not the system's clearing of pages. The table goes to docs/reference/performance.md, between its markers.
"""
import argparse
import gzip
import os
import random
import statistics
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy
import pandas
import pyarrow
import pyarrow.csv

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/reference/performance.md"
START, END = "<!-- bench-csv -->", "<!-- /bench-csv -->"


def write_floats(path, rows):
    """100 columns of floats with 6 to 17 digits."""
    draw = numpy.random.default_rng(7)
    line = ",".join(f"%.{6 + i % 12}g" for i in range(100)) + "\n"
    with open(path, "w") as out:
        out.write(",".join(f"c{i}" for i in range(100)) + "\n")
        for start in range(0, rows, 1000):
            block = draw.normal(size=(min(1000, rows - start), 100)) * numpy.exp(draw.normal(size=100))
            out.writelines(line % tuple(row) for row in block)


def words_of(draw, count):
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ["".join(draw.choices(letters, k=3 + i % 9)) for i in range(count)]


def write_texts(path, rows, comments):
    """Categories, quotes around and inside, numbers; with comments: a text of its own in each row."""
    draw = random.Random(3)
    words = words_of(draw, 3000)
    with open(path, "w") as out:
        out.write('id,city,kind,price,"a ""quoted"" name"' + (",comment" if comments else "") + ",label\n")
        for i in range(rows):
            quoted = '"x, ""%s"""' % words[draw.randint(0, 299)]
            cells = [str(i), words[draw.randint(0, 199)], f'"{words[draw.randint(0, 9)]}"', f"{1000 * draw.random():.2f}", quoted]
            if comments:
                cells.append('"' + ", ".join(draw.choices(words, k=draw.randint(2, 9))) + '"')
            out.write(",".join(cells + ["yes" if draw.random() < 0.4 else "no"]) + "\n")


def write_images(path, folder, rows):
    """MNIST, a pixel a column."""
    def load(name, offset):
        file = Path(folder) / name
        data = file.read_bytes() if file.exists() else gzip.decompress(Path(f"{file}.gz").read_bytes())
        return numpy.frombuffer(data, numpy.uint8, offset=offset)

    pixels = load("train-images-idx3-ubyte", 16).reshape(-1, 784)[:rows]
    texts = [str(i) for i in range(256)]
    with open(path, "w") as out:
        out.write(",".join(f"p{i}" for i in range(784)) + ",label\n")
        for row, label in zip(pixels, load("train-labels-idx1-ubyte", 8)):
            out.write(",".join([texts[v] for v in row]) + f",{label}\n")


def files(data, folder, quick):
    """Name, path; written once."""
    part = 20 if quick else 1
    shared = Path(data)
    makers = {
        "100 columns of floats": ("floats.csv", lambda path: write_floats(path, 200000 // part)),
        "categories and quotes": ("texts.csv", lambda path: write_texts(path, 400000 // part, False)),
        "comments, each another": ("comments.csv", lambda path: write_texts(path, 400000 // part, True)),
        "MNIST": ("mnist.csv", lambda path: write_images(path, shared / "mnist", 60000 // part)),
    }
    california = shared / "california-housing.csv"
    if california.exists():
        yield "California housing", california
    for name, (file, make) in makers.items():
        path = folder / (("quick-" if quick else "") + file)
        if not path.exists():
            try:
                make(path)
            except FileNotFoundError:
                print(f"{name}: skipped, no data in {shared}", file=sys.stderr)
                path.unlink(missing_ok=True)
                continue
        yield name, path


class Chainrule:
    name = "chainrule"

    def __init__(self, path):
        program = ROOT / "build/bench/bench_csv"
        program = Path(os.environ.get("BENCH_CSV", program))
        self.process = subprocess.Popen([program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, threads):
        self.process.stdin.write(f"{threads}\n")
        self.process.stdin.flush()
        cpu, wall, rows, columns = self.process.stdout.readline().split()
        self.shape = int(rows), int(columns)
        return float(cpu), float(wall)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peer:
    def __init__(self, path):
        self.path = str(path)

    def read(self, threads):
        cpu, wall = time.process_time(), time.perf_counter()
        table = self.load(threads)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        self.shape = table.shape
        return cpu, wall

    def close(self):
        pass


class Pandas(Peer):
    name = "pandas, C"

    def load(self, threads):
        return pandas.read_csv(self.path, engine="c")


class Pyarrow(Peer):
    name = "pyarrow"

    def load(self, threads):
        pyarrow.set_cpu_count(threads)
        read = pyarrow.csv.ReadOptions(use_threads=threads > 1)
        parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
        return pyarrow.csv.read_csv(self.path, read_options=read, parse_options=parse)


def measure(name, path, rounds, processors):
    readers = [kind(path) for kind in (Chainrule, Pandas, Pyarrow)]
    ways = [(reader, threads) for reader in readers for threads in (1, processors)
            if threads == 1 or not isinstance(reader, Pandas)]
    times = {way: [] for way in ways}
    for round_ in range(rounds + 1):
        for reader, threads in ways:
            cpu, wall = reader.read(threads)
            if round_:
                times[reader, threads].append(cpu if threads == 1 else wall)
    shapes = {reader.shape for reader in readers}
    if len(shapes) > 1:
        sys.exit(f"{name}: the readers do not agree on rows and columns: {shapes}")
    for reader in readers:
        reader.close()
    return times


def rows_of(name, path, times):
    size = path.stat().st_size
    ours = {threads: seconds for (reader, threads), seconds in times.items() if isinstance(reader, Chainrule)}
    for (reader, threads), seconds in times.items():
        ratios = [peer / our for peer, our in zip(seconds, ours[threads])]
        over = "" if isinstance(reader, Chainrule) else f"{statistics.median(ratios):.2f} ({min(ratios):.2f})"
        best = min(seconds)
        yield (f"| {name} | {size / 1e6:.1f} | {reader.name} | {threads} | {1e3 * best:.1f} | "
               f"{1e3 * statistics.median(seconds):.1f} | {size / best / 1e6:.0f} | {over} |")


def publish(lines, rounds):
    head = [f"{rounds} rounds; pandas {pandas.__version__}, pyarrow {pyarrow.__version__}, "
            f"{os.cpu_count()} processors.", "",
            "| file | MB | reader | threads | min, ms | median | MB/s | over ours |",
            "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |"]
    text = PAGE.read_text()
    before, rest = text.split(START)
    PAGE.write_text(before + START + "\n" + "\n".join(head + lines) + "\n" + END + rest.split(END)[1])
    print(f"written to {PAGE}", file=sys.stderr)


def keep_memory():
    """For glibc, in this process and those it starts. It is read at the start of a process alone."""
    kept = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
    if any(os.environ.get(name) != value for name, value in kept.items()):
        os.execve(sys.executable, [sys.executable, "-B"] + sys.argv, {**os.environ, **kept})


def main():
    keep_memory()
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--data", default=str(ROOT / "../shared/data"))
    options.add_argument("--quick", action="store_true", help="small files, nothing is written to the docs")
    options.add_argument("--only", default="", help="the files whose name begins so")
    given = options.parse_args()
    folder = ROOT / "build/bench-csv"
    folder = Path(os.environ.get("BENCH_CSV_FILES", folder))
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, path in files(given.data, folder, given.quick):
        if not name.startswith(given.only):
            continue
        new = list(rows_of(name, path, measure(name, path, given.rounds, os.cpu_count())))
        print("\n".join(new), flush=True)
        lines += new
    if not given.quick and not given.only:
        publish(lines, given.rounds)


main()
