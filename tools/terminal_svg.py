#!/usr/bin/env python3
"""Turns what a program prints on a terminal into an SVG: terminal_svg.py TITLE < text > picture.svg

Reads UTF-8 with the SGR sequences for bold, dim, the colours that chainrule uses and the greys of the 256; of a line that was drawn over (carriage return) the
last state counts. For docs/demo.svg: see CONTRIBUTING.md.
"""
import html
import re
import sys
import unicodedata

COLORS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "36": "#79c0ff"}
CELL, LINE, SIZE, MARGIN = 8.43, 19, 14, 18


def gray(level):
    """Entry 232..255 of the 256 colours."""
    return "#" + f"{8 + 10 * (int(level) - 232):02x}" * 3


def restyle(style, codes):
    """The style after an SGR sequence: a dict of fill, back, bold, dim."""
    codes = codes or ["0"]
    style = dict(style)
    while codes:
        code = codes.pop(0)
        if code in ("38", "48"):
            style["fill" if code == "38" else "back"] = gray(codes[1])
            codes = codes[2:]
        elif code in COLORS:
            style["fill"] = COLORS[code]
        elif code in ("1", "2"):
            style["bold" if code == "1" else "dim"] = True
        else:
            style = {}
    return style


def runs(line):
    """Splits a line at its escape sequences into (column, text, style)."""
    column, style = 0, {}
    for part in re.split(r"(\x1b\[[0-9;]*[A-Za-z])", line):
        if part.startswith("\x1b"):
            style = restyle(style, part[2:-1].split(";")) if part.endswith("m") else style
        elif part:
            yield column, part, style
            column += sum(2 if unicodedata.east_asian_width(c) == "W" else 1 for c in part)


def draw(row, column, text, style):
    x, y = MARGIN + column * CELL, MARGIN + row * LINE
    if "back" in style:
        print(f'<rect x="{x:.1f}" y="{y}" width="{len(text) * CELL + 0.5:.1f}" height="{LINE + 0.5}" fill="{style["back"]}"/>')
    if not text.strip() or style.get("back", "") == style.get("fill"):
        return
    x += (len(text) - len(text.lstrip(" "))) * CELL
    text = text.strip(" ")
    more = f' fill="{style["fill"]}"' if "fill" in style else ""
    more += ' font-weight="bold"' if "bold" in style else ""
    more += ' opacity="0.6"' if "dim" in style else ""
    print(f'<text x="{x:.1f}" y="{y + SIZE}" textLength="{len(text) * CELL:.1f}" lengthAdjust="spacingAndGlyphs"{more}>{html.escape(text)}</text>')


def main():
    title = sys.argv[1]
    text = sys.stdin.read().replace("\r\n", "\n").rstrip("\n")
    lines = [([""] + [state for state in line.split("\r") if state])[-1] for line in text.split("\n")]
    width = max([80] + [sum(len(text) for _, text, _ in runs(line)) for line in lines])
    w, h = width * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w:.0f} {h:.0f}" role="img" aria-labelledby="title">')
    print(f'<title id="title">{html.escape(title)}</title>')
    print(f'<rect width="100%" height="100%" rx="8" fill="#161b22"/>')
    print(f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="{SIZE}" fill="#e6edf3" xml:space="preserve">')
    for row, line in enumerate(lines):
        for column, text, style in runs(line):
            draw(row, column, text, style)
    print("</g>\n</svg>")


main()
