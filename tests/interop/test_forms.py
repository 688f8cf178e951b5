#!/usr/bin/env python3
"""The forms of `chainrule explain`: the page is XML of the right structure without script or request,
LaTeX compiles, and no name from a file becomes markup in any of them.

usage: test_forms.py PROGRAM VECTORS
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

PROGRAM, VECTORS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
MAZUR = os.path.join(VECTORS, "published-v1-mazur.json")
XOR = os.path.join(VECTORS, "notes-004-xor-2-3-1.json")
DEEP = os.path.join(VECTORS, "notes-000-20-10-10-10.json")
XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = {"math", "mtable", "mtr", "mtd", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "msub", "msup", "msubsup", "mspace"}
ATTACKS = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "$\\input{/etc/passwd}$", "\\end{document}",
           "%_^&#~{}", "\x1b[31mred\x1b[0m", "\u202edraw", "](javascript:alert(1))", "größe 中", "a|b`c`*d*"]


def run(*words):
    result = subprocess.run([PROGRAM, *words], capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if result.returncode != 0:
        sys.exit("%s: %s" % (" ".join(words), result.stderr.decode()))
    return result.stdout.decode("utf-8")


def expect(truth, what):
    if not truth:
        sys.exit("not so: " + what)


def check_page(page, sections):
    root = ElementTree.fromstring(page)
    names = [element.tag.replace(XHTML, "") for element in root.iter()]
    for name in ("h1", "main", "nav", "title", "style"):
        expect(names.count(name) == 1, "one <%s>" % name)
    for name in ("script", "img", "link", "iframe", "object", "base", "form"):
        expect(name not in names, "no <%s>" % name)
    for element in root.iter():
        for key, value in element.attrib.items():
            expect(not key.startswith("on") and key not in ("src", "style"), "no attribute %s" % key)
            expect(key != "href" or value.startswith("#"), "links stay in the page")
    expect("@import" not in page and "url(" not in page, "the style sheet asks for nothing")
    headings = [e for e in root.iter(XHTML + "section")]
    expect([e.get("aria-labelledby") for e in headings] == sections, "sections %s" % sections)
    expect([a.get("href") for a in root.iter(XHTML + "a")] == ["#" + s for s in sections], "a link to each")
    for table in root.iter(XHTML + "table"):
        widths = {len(list(row)) for row in table.iter(XHTML + "tr")}
        expect(len(widths) == 1, "rows of a table are of one length")
        expect(all(th.get("scope") == "col" for th in table.iter(XHTML + "th")), "heads have a scope")
    for math in root.iter(XHTML + "math"):
        kinds = {e.tag.replace(XHTML, "") for e in math.iter()}
        expect(kinds <= MATHML, "MathML Core alone, found %s" % (kinds - MATHML))
        for e in math.iter():
            arity = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3}.get(e.tag.replace(XHTML, ""))
            expect(arity in (None, len(list(e))), "%s has %s parts" % (e.tag, arity))
    return root


def words_of(root):
    return "".join(root.itertext())


def check_numbers(page):
    """The page shows the numbers of the text."""
    for number in ("0.593270", "0.298371", "0.741365", "0.138499", "0.358916", "0.280471"):
        expect(number in words_of(page), "%s is in the page" % number)


def attacked_model(folder):
    """A model and data whose columns and labels are called what would break a page."""
    rows = os.path.join(folder, "rows.csv")
    quoted = ['"%s"' % a.replace('"', '""') for a in ATTACKS]
    with open(rows, "w", encoding="utf-8") as file:
        file.write(",".join(quoted) + ",<b>target</b>\n")
        for r in range(12):
            cells = ["%.2f" % ((r * (c + 3)) % 7 / 3) for c in range(len(ATTACKS))]
            file.write(",".join(cells) + (",<i>yes</i>\n" if r % 2 else ",\\no$\n"))
    model = os.path.join(folder, "m.safetensors")
    run("train", rows, "-q", "-o", model, "--layers", "3", "--epochs", "2")
    return model, rows


def check_escapes(folder):
    model, rows = attacked_model(folder)
    for weight in ((), ("--weight", "W1[2,3]")):
        sections = ["formulas", "weight"] if weight else ["formulas", "given", "forward", "loss", "backward", "update"]
        page = run("explain", model, rows, "--row", "2", "--format", "html", *weight)
        root = check_page(page, sections)
        expect(weight or "<script>alert(1)</script>" in words_of(root), "the name stands there as a text")
        md = run("explain", model, rows, "--row", "2", "--format", "md", *weight)
        expect("<script" not in md and "<img" not in md, "no HTML in Markdown")
        text = run("explain", model, rows, "--row", "2", *weight)
        for form in (page, md, text):
            expect("\x1b" not in form and "\u202e" not in form, "nothing that commands a terminal")
        compile_latex(folder, run("explain", model, rows, "--row", "2", "--format", "latex", *weight), names=True)


def compile_latex(folder, source, names=False):
    """`names`: of a file, which may be longer than a line."""
    expect(source.count("\\end{document}") == 1, "one end of the document")
    expect("\\input" not in source, "no \\input")
    if not shutil.which("pdflatex"):
        return
    with open(os.path.join(folder, "page.tex"), "w", encoding="utf-8") as file:
        file.write(source)
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    home = dict(os.environ, HOME=folder)  # it would leave a folder of its own there
    result = subprocess.run(words, cwd=folder, capture_output=True, env=home)
    log = result.stdout.decode("latin-1")
    expect(result.returncode == 0, "pdflatex: " + log[-800:])
    expect(names or "Overfull \\hbox" not in log, "every line is within the page: " + log[-800:])


with tempfile.TemporaryDirectory() as folder:
    whole = ["formulas", "given", "forward", "loss", "backward", "update"]
    for layout in ("rows", "columns", "bias-input"):
        root = check_page(run("explain", MAZUR, "--format", "html", "--layout", layout), whole)
        check_numbers(root)
        compile_latex(folder, run("explain", XOR, "--format", "latex", "--layout", layout))
    check_page(run("explain", DEEP, "--format", "html"), whole)
    check_page(run("explain", DEEP, "--format", "html", "--weight", "W1[7,2]"), ["formulas", "weight"])
    for options in ((), ("--weight", "W1[1,1]"), ("--full", "--digits", "12"), ("--row", "1", "--layout", "columns")):
        compile_latex(folder, run("explain", DEEP, "--format", "latex", *options))
    full = run("explain", DEEP, "--full", "--rows", "1-6")
    expect("…" not in full.split("Given")[1] and "⋮" not in full, "a full page leaves nothing out")
    root = check_page(run("explain", MAZUR, "--format", "html", "--layout", "bias-input"), whole)
    spaces = [e.get("width") for e in root.iter(XHTML + "mspace")]
    expect("0.6em" in spaces, "[x 1] is no product")
    md = run("explain", XOR, "--format", "md")
    expect(md.count("$$") % 2 == 0 and len(re.findall(r"\\begin\{", md)) == len(re.findall(r"\\end\{", md)), "pairs")
    check_escapes(folder)
print("pages, Markdown and LaTeX are as they should be" + ("" if shutil.which("pdflatex") else "; skipped: no pdflatex"))
