"""What bench/peers makes of the seconds it is given: turns, ratios, verdicts, the table. usage: test_peers.py ROOT"""
import pathlib
import sys
import tempfile
import types

ROOT = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(ROOT / "bench/peers"))
import bench_peers  # noqa: E402
import figures  # noqa: E402
import report  # noqa: E402
from peer import Missing  # noqa: E402
from tasks import TASKS  # noqa: E402


class Scripted:
    """A peer whose turns are given; it fails at a turn that is None."""

    def __init__(self, name, turns, result=None, threads=1):
        self.name, self.version, self.threads = name, "1.0", threads
        self.turns, self.result = iter(turns), result or {}

    def turn(self):
        seconds = next(self.turns)
        if seconds is None:
            raise Missing("it failed")
        return seconds

    def finish(self):
        return self.result


def check(found, expected):
    assert found == expected, f"found {found}, expected {expected}"


def test_figures():
    check(figures.spread([5.0, 1.0, 2.0, 4.0, 3.0]), {"min": 1.0, "median": 3.0, "iqr": 2.0})
    check(figures.spread([7.0]), {"min": 7.0, "median": 7.0, "iqr": 0.0})
    # The way with the lower median is the best, though another has the lowest time; one in brackets never is.
    ours = figures.Line(Scripted("chainrule", []), [{"a": 2.0}, {"a": 4.0}, {"a": 8.0}], {})
    other = figures.Line(Scripted("other", []), [{"b": 6.0, "c": 1.0, "(d)": 0.5}, {"b": 4.0, "c": 9.0, "(d)": 0.5},
                                                 {"b": 4.0, "c": 9.0, "(d)": 0.5}], {})
    check(other.way, "b")
    check(other.over(ours), {"median": 1.0, "lowest": 0.5})
    check(other.over(ours, "c"), {"median": 1.125, "lowest": 0.5})


def test_turns():
    steady = Scripted("steady", [{"a": 100.0}, {"a": 1.0}, {"a": 2.0}])
    failing = Scripted("failing", [{"a": 1.0}, None])
    lines = bench_peers.take_turns([failing, steady], rounds=2)
    check([line.name for line in lines], ["steady"])
    check(lines[0].ways, {"a": [1.0, 2.0]})  # without the turn to warm up


def test_verdicts():
    xor = next(task for task in TASKS if task.kind == "xor")
    bench = types.SimpleNamespace(options=types.SimpleNamespace(quick=False))
    near, far = ({"error": xor.tolerance * factor} for factor in (0.5, 2))
    lines = [figures.Line(Scripted("chainrule", []), [{"a": 1.0}], near),
             figures.Line(Scripted("other", []), [{"a": 3.0}], far)]
    bench_peers.Bench.check(bench, xor, lines)
    check([line.result["right"] for line in lines], [True, False])
    rows = report.table(xor, [bench_peers.Bench.as_json(xor, line, lines) for line in lines])
    assert any("**WRONG:** off by 2e-01" in row and "| 3.00 (3.00) |" in row for row in rows), rows
    assert any("| chainrule | a | 1 | 1000 | 1000 | 0.000 |  |  | off by 5e-02 |" == row for row in rows), rows


def test_page():
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "page.md"
        page.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n", encoding="utf-8")
        report.write(page, f"{report.START}\nnew\n{report.END}")
        check(page.read_text(encoding="utf-8"), f"before\n{report.START}\nnew\n{report.END}\nafter\n")
    text = (ROOT / "docs/reference/performance.md").read_text(encoding="utf-8")
    check((text.count(report.START), text.count(report.END)), (1, 1))


for test in (test_figures, test_turns, test_verdicts, test_page):
    test()
print("ok")
