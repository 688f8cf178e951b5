"""The table of docs/reference/performance.md, between its markers."""
START, END = "<!-- bench-peers -->", "<!-- /bench-peers -->"
UNITS = {"s": 1, "ms": 1e3, "µs": 1e6}


def number(value):
    """Three digits, without an exponent."""
    digits = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f}"


def result(line):
    if "accuracy" in line:
        text = f"{100 * line['accuracy']:.1f} % right"
        if line["threads"] > 1 and "same_model" in line:
            text += ", same file" if line["same_model"] else ", another file"
    else:
        text = f"off by {line['error']:.0e}"
    return text if line.get("right", True) else "**WRONG:** " + text


def ratio(figures):
    return f"{number(figures['median'])} ({number(figures['lowest'])})" if figures else ""


def row(line, way, scale):
    """A way of a peer; what is of all its ways stands beside the best of them."""
    figures, best = line["ways"][way], way == line["best"]
    cells = [line["peer"], way, str(line["threads"])]
    cells += [number(scale * figures[name]) for name in ("min", "median", "iqr")]
    is_ours = best and line["peer"] == "chainrule"
    cells += ["" if is_ours else ratio(figures["over_chainrule"])]
    cells += [ratio(line["one_thread_over_this"]), result(line)] if best else ["", ""]
    return "| " + " | ".join(cells) + " |"


def table(task, lines):
    head = f"| peer | way | threads | min, {task.unit} | median | IQR | over ours | one thread over this | result |"
    rows = [row(line, way, UNITS[task.unit]) for line in lines if line["task"] == task.name for way in line["ways"]]
    rounds = len(next(iter(lines[0]["ways"].values()))["seconds"])
    return [f"### {task.title}", "", f"`--only {task.name}`, {rounds} rounds.", "", head,
            "| --- | --- " + "| ---: " * 6 + "| --- |", *rows, ""]


def markdown(machine, tasks, lines):
    versions = sorted({f"{line['peer']} {line['version']}" for line in lines}, key=str.lower)
    text = [START, f"Measured on {machine['date']} at {machine['commit']}.", "",
            f"- Machine: {machine['processor']} (family {machine['family']}), {machine['cores']} cores, "
            f"{machine['memory_gib']} GiB, {machine['system']}; {' '.join(machine['instructions'])}.",
            f"- Load average before and after: {machine['load_before']:.1f}, {machine['load_after']:.1f}.",
            f"- Versions: {', '.join(versions)}; {machine['compiler']}; Python {machine['python']}.",
            f"- Images: {machine['data']}.", ""]
    for task in tasks:
        of_task = [line for line in lines if line["task"] == task.name]
        if of_task:
            text += table(task, of_task)
    return "\n".join(text + [END])


def write(path, text):
    """Puts the text where the markers are."""
    page = path.read_text(encoding="utf-8")
    before, after = page.split(START)[0], page.split(END)[1]
    path.write_text(before + text + after, encoding="utf-8")
