#!/usr/bin/env python3
"""CSV files, whole and damaged, read by libchainrule, Python's csv, pandas, and by our rules.

usage: test_csv.py LIBRARY [CASES [SEED [FOLDER]]]

The tables below are of our own, on the matters that the tests of numpy's loadtxt, of pandas' parser
and of Python's csv module are about. FOLDER holds csv-spectrum (its csvs/ and json/) if there.

Every file that our rules accept must be read to the values of csv_oracle, of Python's csv and of
pandas (where they are there, and read the same thing); every other one must be refused with the
same status, line and column. Where the peers' rules are others, on purpose:
- a quote inside a value without quotes, text after a closing quote, a quote never closed: refused
  here; Python's csv takes the first, pandas the first two
- rows of another length than the first: refused; pandas fills them up or takes names from them
- a blank line between rows: refused; both peers pass over it
- NUL: refused; both peers take it for a character
- names that are empty, but for the first, or come twice: refused; pandas makes some up
- blanks around a value without quotes are no part of it; for the peers they are
- 1_000 is a text (Python's float takes it), and a text is one whatever it could mean (True)
- a number beyond float32 is none that can be used; pandas makes it inf, or keeps it
"""
import csv
import io
import json
import math
import os
import random
import re
import sys
import warnings

sys.dont_write_bytecode = True
from csv_oracle import (CSV, EMPTY, LIMIT, RAGGED, MISSING, Reading, Refusal, amounts, ends_in_delimiters,
                        reading, value)
from library import NUMBER, TEXT, Library, Table

try:
    import pandas
except ImportError:
    pandas = None

CASES = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
SPECTRUM = sys.argv[4] if len(sys.argv) > 4 else ""
BOM = b"\xef\xbb\xbf"

library = Library(sys.argv[1])
draw = random.Random(SEED)
csv.field_size_limit(1 << 24)


def fail(what, data, found="", expected=""):
    sys.exit("%s: %r\n  found    %r\n  expected %r" % (what, data[:400], found, expected))


# --- the comparisons ---------------------------------------------------------------------------

def same_values(found, expected):
    return len(found) == len(expected) and all(
        a == b and math.copysign(1, a) == math.copysign(1, b) or (a != a and b != b)
        for a, b in zip(found, expected))


def check_column(table, c, texts, data):
    values = amounts(texts) or [value(text) for text in texts]
    kinds = {type(v) for v in values} - {type(None)}
    if kinds == {float} and table.types[c] != NUMBER or kinds == {str} and table.types[c] != TEXT and \
            not any(could_be_number(v) for v in values):
        fail("column %d has the type %d" % (c + 1, table.types[c]), data, "", texts)
    if table.types[c] == NUMBER:
        expected = [v if isinstance(v, float) else math.nan for v in values]
        if not same_values(table.columns[c], expected):
            fail("other numbers", data, table.columns[c], expected)
    elif table.columns[c] != [None if text in MISSING else text for text in texts]:
        fail("other texts", data, table.columns[c], texts)


def could_be_number(text):
    """Texts such as 1,5 and 1e999 are numbers in form."""
    return isinstance(text, str) and any(c.isdigit() or c in "iI" for c in text)


def check_csv(data, delimiter, header, expected):
    """Python's csv module, on what our rules accept."""
    text = data.removeprefix(BOM).decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    rows = [row or [""] for row in rows]
    while rows and not any(cell.strip(" \t") for cell in rows[-1]) and len(rows) > len(expected.rows) + header:
        rows.pop()
    theirs = [[cell.strip(" \t") for cell in row] for row in rows[header:]]
    ours = [[cell.strip(" \t") for cell in row] for row in expected.rows]
    if theirs != ours:
        fail("Python's csv reads something else", data, ours, theirs)


def check_pandas(data, delimiter, header, expected, table):
    data = re.sub(rb"([\r\n][ %s]*)+\Z" % (b"" if delimiter == "\t" else b"\t"), b"\n", data)
    frame = pandas.read_csv(io.BytesIO(data), sep=delimiter, header=0 if header else None, dtype=str,
                            keep_default_na=False, skip_blank_lines=False, index_col=False)
    ours = [[cell.strip(" \t") for cell in row] for row in expected.rows]
    theirs = [["" if cell != cell else cell.strip(" \t") for cell in row] for row in frame.values.tolist()]
    if theirs != ours:
        fail("pandas reads something else", data, ours, theirs)
    check_numbers(data, expected, table)


def check_numbers(data, expected, table):
    """The numbers of the texts as pandas reads them, which takes no blank after a word for a gap."""
    numbers = [c for c, kind in enumerate(table.types) if kind == NUMBER and
               all(isinstance(value(row[c]), (float, type(None))) for row in expected.rows)]
    if not numbers:
        return
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([row[c] for c in numbers] for row in expected.rows)
    text.seek(0)
    frame = pandas.read_csv(text, header=None, dtype=float, keep_default_na=False, na_values=sorted(MISSING),
                            float_precision="round_trip")
    for place, c in enumerate(numbers):
        if not same_values(table.columns[c], list(frame[place])):
            fail("pandas reads other numbers", data, table.columns[c], list(frame[place]))


def check(data, delimiter=",", header=True):
    """True if the file is read; exits where it is not what our rules and the peers say."""
    expected = reading(data, delimiter, header)
    found = library.parse(data, delimiter=delimiter, header="yes" if header else "no")
    if isinstance(expected, Refusal):
        refusal = None if isinstance(found, Table) else Refusal(found.status, found.line, found.column)
        if refusal != expected:
            fail("not refused as it should be", data, refusal or "read", expected)
        if not found.message:
            fail("refused without a word", data)
        return False
    if not isinstance(found, Table):
        fail("refused with %d, %s" % (found.status, found.message.decode()), data, "", expected)
    if found.names != expected.names or found.rows != len(expected.rows):
        fail("other names or rows", data, (found.names, found.rows), expected)
    for c, texts in enumerate(zip(*expected.rows)):
        check_column(found, c, list(texts), data)
    check_csv(data, delimiter, header, expected)
    if pandas and peers_agree(expected):
        check_pandas(data, delimiter, header, expected, found)
    return True


def peers_agree(expected):
    """pandas takes a first name with a mark before it, and blank lines of one column, otherwise."""
    return len(expected.names) > 1


# --- tables ------------------------------------------------------------------------------------

WHOLE = {
    "plain": b"a,b\n1,2\n3,4\n",
    "no newline at the end": b"a,b\n1,2\n3,4",
    "CRLF": b"a,b\r\n1,2\r\n3,4\r\n",
    "CR alone": b"a,b\r1,2\r3,4\r",
    "CR alone, none at the end": b"a,b\r1,2\r3,4",
    "every line end": b"a,b\n1,2\r\n3,4\r5,6\n",
    "CR and LF of two lines": b"a,b\r1,2\n3,4\r\n5,6\r",
    "blank lines at the end": b"a,b\n1,2\n\n\n\r\n\r",
    "lines of blanks at the end": b"a,b\n1,2\n  \n\t\n",
    "BOM": BOM + b"a,b\n1,2\n",
    "BOM before a quote": BOM + b'"a","b"\n1,2\n',
    "BOM and CRLF": BOM + b"a,b\r\n1,2\r\n",
    "a BOM inside": "a,b\n\ufeffx,2\n".encode(),
    "quoted numbers": b'a,b\n"1","2"\n"3.5","-4e2"\n',
    "a first column without a name": b",a,x1\n5,1,2\n7,3,4\n",
    "quoted names": b'"a","b c"\n1,2\n',
    "a delimiter in quotes": b'a,b\n"1,5",x\n"2,5",y\n',
    "line ends in quotes": b'a,b\n"one\ntwo",1\n"three\r\nfour",2\n"five\rsix",3\n',
    "quotes in quotes": b'a,b\n"say ""hi""",1\n"""",2\n"""x",3\n"x""",4\n',
    "nothing in quotes": b'a,b\n"",1\n"",2\n',
    "blanks in quotes": b'a,b\n" x ",1\n"\ty",2\n',
    "blanks around values": b"a , b\n 1 ,\t2\n3\t, 4 \nx, y\n",
    "blanks inside values": b"a,b\nx y,1\nz  w,2\n",
    "gaps": b"a,b,c\n,1,\n2,,\n,,3\n",
    "words for gaps": b"a,b\nNA,x\nN/A,NA\nn/a,y\nNaN,NaN\nnan,z\nnull,null\nNULL,w\nNone,None\n?,?\n-,-\n1,v\n",
    "no words for gaps": b"a,b\nna,1\nNan,2\n--,3\nnil,4\n#n/a,5\n<NA>,6\nnone,7\n",
    "a column of gaps": b"a,b\n,1\n,2\n",
    "forms of numbers": b"a,b\n+1,x\n-1,x\n.5,x\n1.,x\n-.5e1,x\n1e5,x\n1E+5,x\n1e-5,x\n007,x\n-0,x\n00.50,x\n",
    "no forms of numbers": b"a,b\n0x10,1\n1_000,2\n1 000,3\n1e,4\n.,5\n+,6\n1.2.3,7\n--1,8\n1f,9\n1d5,10\ne5,11\n5%,12\n",
    "no digits of ours": "a,b\n\u0661\u0662,1\n\uff11,2\n1\u00a0,3\n".encode(),
    "prices": 'a,b,c\n"$1,234.50",5%,1\n-$5,7.5 %,"2,000,000"\n900,,(3)\n'.encode(),
    "prices in euros": 'a,b\n"1,234 €",1\n€ 5,2\n-,3\n'.encode(),
    "no prices": 'a,b,c\n$1,50%,"1,234"\n€1,0.5,1 234\n5,x,7\n'.encode(),
    "infinities": b"a,b\n1,1\n2,inf\n3,-inf\n4,Infinity\n5,+INF\n6,4\n7,5\n8,6\n9,7\n10,8\n",
    "beyond double": b"a,b\n1,1\n2,1e999\n3,-1e400\n4,2\n5,3\n6,4\n",
    "beyond float": b"a,b\n1,1\n2,3.5e38\n3,-1e300\n4,3.4028234663852886e38\n5,3\n6,4\n",
    "too small for double": b"a,b\n1e-400,1\n-1e-999,2\n5e-324,3\n2.4703282292062327e-324,4\n",
    "halfway": b"a,b\n9007199254740993,1\n1.00000000000000011102230246251565404,2\n"
               b"1.00000000000000011102230246251565405,3\n179769313486231580000e-280,4\n",
    "1000 digits": b"a,b\n0." + b"3" * 1000 + b",1\n" + b"7" * 38 + b"." + b"1" * 1000 + b",2\n0." + b"0" * 300 +
                   b"9" * 700 + b",3\n" + b"0" * 1000 + b"5,4\n",
    "whole numbers beyond 2^53": b"a,b\n9007199254740992,1\n9223372036854775807,2\n18446744073709551616,3\n",
    "true and false": b"a,b\nTrue,1\nFalse,2\nTRUE,3\nfalse,4\n",
    "dates": b"a,b\n2024-01-31,1\n2024-02-29 12:30:00,2\n31.12.1999,3\n",
    "other scripts": "größe,名前\n1,é\n2,日本\n3,\U0001f600\n4,e\u0301\n".encode(),
    "names that differ in case": b"a,A\n1,2\n",
    "numbers for names": b"1,2\n3,4\n",
    "one row": b"a,b\n1,2\n",
    "one column": b"a\n1\n2\n3\n",
    "one column with gaps": b"a\n1\n\n3\n\n",
    "100,000 columns": b",".join(b"c%d" % i for i in range(100000)) + b"\n" +
                       b",".join(b"%d" % i for i in range(100000)) + b"\n",
    "a value of 1 MiB": b"a,b\n" + b"x" * (1 << 20) + b",1\n",
    "a value of 1 MiB in quotes": b'a,b\n"' + b"x\n" * (1 << 19) + b'",1\n',
}

REFUSED = {  # status, line, column of the table; 0: none is told
    "nothing but blank lines": (b"\n\n  \n", EMPTY, 0, 0),
    "nothing but a BOM": (BOM, EMPTY, 0, 0),
    "a header and no rows": (b"a,b\n", EMPTY, 0, 0),
    "a row too short": (b"a,b\n1,2\n3\n4,5\n", RAGGED, 3, 0),
    "a row too long": (b"a,b\n1,2\n3,4,5\n", RAGGED, 3, 0),
    "a delimiter too many in each row": (b"a,b\n1,2,\n3,4,\n", RAGGED, 2, 0),
    "a blank line between rows": (b"a,b\n1,2\n\n3,4\n", RAGGED, 3, 0),
    "a blank line before the header": (b"\na,b\n1,2\n", RAGGED, 1, 0),
    "ragged after a value of two lines": (b'a,b\n"x\ny",1\n2\n', RAGGED, 4, 0),
    "ragged with every line end": (b"a,b\r1,2\r\n3,4\n5\n", RAGGED, 4, 0),
    "a quote never closed": (b'a,b\n1,2\n3,"4\n5,6\n', CSV, 3, 2),
    "a quote never closed in the last value": (b'a,b\n1,"', CSV, 2, 2),
    "a quote that two close": (b'a,b\n1,"x""\n', CSV, 2, 2),
    "a quote inside a value": (b'a,b\n1,3" nail\n', CSV, 2, 2),
    "a quote after blanks": (b'a,b\n1, "x"\n', CSV, 2, 2),
    "text after a quote": (b'a,b\n"x"y,1\n', CSV, 2, 1),
    "a blank after a quote": (b'a,b\n1,2\n"x" ,1\n', CSV, 3, 1),
    "a backslash is no escape": (b'a,b\n"x\\"y",1\n', CSV, 2, 1),
    "a name twice": (b"a,b,a\n1,2,3\n", CSV, 1, 3),
    "a name that is empty": (b"a,,c\n1,2,3\n", CSV, 1, 2),
    "a name that is blanks": (b"a, \t,c\n1,2,3\n", CSV, 1, 2),
    "NUL": (b"a,b\n1,\x002\n", CSV, 2, 0),
    "NUL at the end": (b"a,b\n1,2\n\x00", CSV, 3, 0),
    "NUL in quotes": (b'a,b\n1,2\n"\x00",4\n', CSV, 3, 0),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), CSV, 0, 0),
    "UTF-16, the other end first": (b"\xfe\xff" + "a,b\n1,2\n".encode("utf-16-be"), CSV, 0, 0),
    "UTF-32": ("a,b\n1,2\n".encode("utf-32"), CSV, 0, 0),
    "Latin-1": ("a,b\n1,2\ncaf\xe9,4\n".encode("latin-1"), CSV, 3, 0),
    "a byte that goes on from none": (b"a,b\nx\x80,2\n", CSV, 2, 0),
    "a character cut off": (b"a,b\n1,x\xe2\x82", CSV, 2, 0),
    "a character longer than needed": (b"a,b\n\xc0\xaf,1\n", CSV, 2, 0),
    "half a pair of UTF-16": (b"a,b\n1,2\n\xed\xa0\x80,1\n", CSV, 3, 0),
    "beyond Unicode": (b"a,b\n\xf4\x90\x80\x80,1\n", CSV, 2, 0),
}

LIMITS = {
    "a value of over 1 MiB": (b"a,b\n1,2\n" + b"x" * ((1 << 20) + 1) + b",1\n", 3, 1),
    "over a million columns": (b"1," * 1000000 + b"1\n", 1, 1000001),
}


def check_tables():
    for name, data in WHOLE.items():
        if not check(data):
            fail("'%s' was refused" % name, data)
        for delimiter in ";\t|":
            if name != "over a million columns" and len(data) < 10000 and b";" not in data and b"\t" not in data:
                other = data.replace(b",", delimiter.encode())
                if not check(other, delimiter):
                    fail("'%s' was refused with another delimiter" % name, other)
    for name, (data, *expected) in REFUSED.items():
        if check(data) or reading(data) != Refusal(*expected):
            fail("'%s' was not refused as it should be" % name, data, reading(data), expected)
    for name, (data, line, column) in LIMITS.items():
        error = library.parse(data, delimiter=",", header="no")
        if isinstance(error, Table) or (error.status, error.line, error.column) != (LIMIT, line, column):
            sys.exit("'%s' was not refused as it should be" % name)


# --- csv-spectrum ------------------------------------------------------------------------------

SPECTRUM_REFUSED = {  # a quote inside a value without quotes: 37.8"N
    "location_coordinates.csv": Refusal(CSV, 2, 2),
}


def check_spectrum(folder):
    names = sorted(name for name in os.listdir(folder + "/csvs") if name.endswith(".csv"))
    for name in names:
        with open("%s/csvs/%s" % (folder, name), "rb") as file:
            data = file.read()
        with open("%s/json/%s.json" % (folder, name[:-4]), encoding="utf-8") as file:
            rows = json.load(file)
        read, expected = check(data), reading(data)
        if name in SPECTRUM_REFUSED:
            if expected != SPECTRUM_REFUSED[name]:
                fail("csv-spectrum's %s was not refused as it should be" % name, data, expected)
            continue
        if not read:
            fail("csv-spectrum's %s was refused" % name, data, expected)
        if [dict(zip(expected.names, row)) for row in expected.rows] != rows:
            fail("csv-spectrum's %s holds something else" % name, data, expected.rows, rows)
    return len(names)


# --- files made by chance ------------------------------------------------------------------------

WORDS = ["x", "yes", "no", "Anna", "New York", "ü", "日本", "it's", "a/b", "true", "1a", "v1.2", "#1", "\\n", "e"]
ODD = ['say "hi"', "one\ntwo", "a\r\nb", "\rc", " d ", "\t", '"', "", ",", ";x", "|"]
GAPS = sorted(MISSING)


def number():
    kind = draw.randrange(8)
    if kind == 0:
        return str(draw.randint(-1000, 1000))
    if kind == 1:
        return repr(draw.uniform(-1e3, 1e3))
    if kind == 2:
        return "%.*e" % (draw.randint(0, 25), draw.uniform(-9, 9) * 10.0 ** draw.randint(-300, 37))
    if kind == 3:
        return draw.choice(["+", "-", ""]) + draw.choice([".%d", "%d.", "0%d", "%dE+2", "%de-07"]) % draw.randint(0, 99)
    if kind == 4:
        return "".join(draw.choice("0123456789") for _ in range(draw.randint(1, 60)))[:38] or "0"
    if kind == 5:
        return "0." + "".join(draw.choice("0123456789") for _ in range(draw.randint(1, 800)))
    if kind == 6:
        return str(draw.getrandbits(draw.randint(1, 70)))
    return "%d.%d" % (draw.randint(0, 9), draw.randint(0, 9))


def price():
    whole = draw.choice(["%d", "{:,}", "{:,}", "{:,}"])
    whole = (whole % draw.randint(0, 999)) if "%" in whole else whole.format(draw.randrange(10 ** draw.randint(1, 9)))
    whole = whole.replace(",", draw.choice([",", ",", ",", "'", " ", "\u00a0"])) + draw.choice(["", "", ".5", ".25"])
    sign, front = draw.choice("$$$€%"), draw.random() < 0.5
    if draw.random() < 0.3:
        return draw.choice(["%s", "(%s)", "-%s"]) % whole
    return sign + whole if front and sign != "%" else whole + draw.choice(["", " "]) + sign


def make_cell(kind):
    chance = draw.random()
    if chance < 0.08:
        return draw.choice(GAPS)
    if kind == "number" or (kind == "mixed" and chance < 0.5):
        return number()
    if kind == "price":
        return price() if chance < 0.95 else draw.choice(WORDS + [number()])
    return draw.choice(ODD if draw.random() < 0.2 else WORDS)


def written(text, delimiter, alone):
    must = (alone and not text) or any(c in text for c in '"\r\n' + delimiter) or text != text.strip(" \t")
    if must or draw.random() < 0.15:
        return '"' + text.replace('"', '""') + '"'
    return draw.choice(["", "", "", " "]) + text + draw.choice(["", "", "", " "])


def make_file():
    """The bytes of a file, its delimiter, whether it has a header, and its cells."""
    columns, rows = draw.randint(1, 7), draw.choice([1, 2, 3, 8, 30])
    kinds = [draw.choice(["number", "number", "word", "mixed", "price"]) for _ in range(columns)]
    delimiter, header = draw.choice(",,,;\t|"), draw.random() < 0.7
    cells = [[make_cell(kind) for kind in kinds] for _ in range(rows)]
    if columns == 1:  # a blank line at the end is none of the table
        cells[-1][0] = "1"
    names = [["c%d%s" % (c, draw.choice(["", " x", "é", '"'])) for c in range(columns)]] if header else []
    ends = draw.choice([["\n"], ["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]])
    if columns == 1 and not header and not cells[0][0].strip():
        cells[0][0] = "1"
    # An empty row of one cell is written in quotes: the CR before it and its LF would be one line end.
    text = "".join(delimiter.join(written(cell, delimiter, columns == 1) for cell in row) + draw.choice(ends) for row in names + cells)
    text = text.rstrip("\r\n") if draw.random() < 0.2 else text + draw.choice(["", "", "", "\n", "\r\n\r\n", " \n"])
    return (BOM if draw.random() < 0.1 else b"") + text.encode(), delimiter, header, cells


def damaged(data, delimiter):
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        at = draw.randrange(len(data) + 1)
        what = draw.randrange(6)
        if what == 0:
            data[at:at] = draw.choice([b'"', b'""', delimiter.encode(), b"\n", b"\r", b"\r\n", b" ", b"\t"])
        elif what == 1:
            del data[at:at + draw.randint(1, 3)]
        elif what == 2 and at < len(data):
            data[at] = draw.choice(b'"\n\r,; \t0123456789.eE+-xNA?')
        elif what == 3 and at < len(data):
            data[at] = draw.randrange(256)
        elif what == 4:
            data[at:at] = data[draw.randrange(len(data) + 1):][:draw.randint(1, 20)]
        elif at > 4 and draw.random() < 0.3:
            del data[at:]
        if not data:
            data += b"1"
    return bytes(data)


def read_by_others(data):
    """Does it begin as a file of another format does? Then its refusal is another reader's."""
    return data[:2] in (b"\x1f\x8b", b"\0\0") or data[:1] in (b"\x93", b"\x89", b"\xff") or b":" in data[:200]


def main():
    warnings.simplefilter("ignore")
    check_tables()
    spectrum = check_spectrum(SPECTRUM) if os.path.isdir(SPECTRUM + "/csvs") else None
    read = refused = 0
    for _ in range(CASES):
        data, delimiter, header, cells = make_file()
        expected = reading(data, delimiter, header)
        if not isinstance(expected, Reading) or expected.rows != cells:
            fail("not what was written", data, expected, cells)
        check(data, delimiter, header)
        for _ in range(2):
            data = damaged(make_file()[0], delimiter) if draw.random() < 0.05 else damaged(data, delimiter)
            if read_by_others(data) or ends_in_delimiters(data, delimiter):
                continue
            if check(data, delimiter, header):
                read += 1
            else:
                refused += 1
    print("%d tables, %d refusals and %d files by chance (seed %d) as Python's csv%s read them; of damaged ones "
          "%d read, %d refused" % (len(WHOLE), len(REFUSED) + len(LIMITS), CASES, SEED,
                                   " and pandas" if pandas else " (no pandas)", read, refused))
    print("csv-spectrum: %d files" % spectrum if spectrum else "csv-spectrum: skipped, it is not here")


main()
