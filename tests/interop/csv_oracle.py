"""What a CSV file holds, or is refused for, by our rules: a reading that shares no code with ours.

reading(data, delimiter, header) -> Reading or Refusal. RFC 4180, strictly, with any line end; the
rules beside it are those of docs/reference/data-formats.md.
"""
import re
from collections import namedtuple

EMPTY, RAGGED, CSV, LIMIT = 4, 5, 6, 18  # CR_ERR_...

Refusal = namedtuple("Refusal", "status line column")  # 0: no line, no column
Reading = namedtuple("Reading", "names rows lines")    # rows of texts; the line each row begins in
Cell = namedtuple("Cell", "text quoted line")

MISSING = {"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "?", "-",
           "#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"}
BLANK = "[ \u00a0\u202f]"
AMOUNT = re.compile(r"([+-]?)(?:([$€£¥])%s?([+-]?))?([1-9][0-9]{0,2}(?:(?P<mark>[,'’]|%s)[0-9]{3})(?:(?P=mark)[0-9]{3})*"
                    r"|[0-9]*)(\.[0-9]+)?(?:%s?([$€£¥%%]))?" % (BLANK, BLANK, BLANK))
AMOUNT_LONGEST = 64  # of its digits, sign and point
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
FLOAT32_MOST = 3.4028234663852886e38
LINE_END = re.compile(r"\r\n|\r|\n")


class Bad(Exception):
    pass


def value(text):
    """None for a gap, a float for a number that can be used, else the text."""
    if text in MISSING:
        return None
    if NUMBER.fullmatch(text) and abs(float(text)) <= FLOAT32_MOST:
        return float(text)
    return text


def amount(text):
    """The number that $1,234.50, (5) or 34% is, its sign, and whether it can be nothing else; or None."""
    text = text.strip(" \t")
    enclosed = len(text) > 2 and text[0] == "(" and text[-1] == ")"
    found = AMOUNT.fullmatch(text[1:-1] if enclosed else text)
    if not found:
        return None
    outer, front, inner, whole, mark, part, back = found.groups()
    minus, sign = outer + (inner or ""), (front or "") + (back or "")
    digits = re.sub("[^0-9]", "", whole) + (part or "")
    if len(minus) > 1 - enclosed or len(sign) > 1 or not digits or len(minus + digits) > AMOUNT_LONGEST:
        return None
    number = float(minus + digits)
    clear = sign != "" or mark is not None and (part is not None or mark != " " and
                                                (mark != "," or whole.count(",") > 1 or enclosed))
    return (-number if enclosed else number, sign, clear) if abs(number) <= FLOAT32_MOST else None


def amounts(texts):
    """The values of a column of numbers of which some are written so, or None."""
    plain = [value(text) for text in texts]
    written = [amount(text) for text, v in zip(texts, plain) if isinstance(v, str)]
    if None in written or not any(clear for _, _, clear in written):
        return None
    signs = {sign for _, sign, _ in written} | ({""} if float in map(type, plain) else set())
    if len(signs - {""}) > 1 or signs == {"", "%"}:
        return None
    return [amount(text)[0] if isinstance(v, str) else v for text, v in zip(texts, plain)]


def cells_of(text, delimiter):
    """Rows of cells. Raises Bad with a Refusal."""
    delimiter = re.escape(delimiter)
    quoted = re.compile(r'"((?:[^"]|"")*)"')
    plain = re.compile(r'[^"\r\n%s]*' % delimiter)
    end = re.compile(r"(%s)|\r\n|\r|\n|\Z" % delimiter)
    rows, row, at, line = [], [], 0, 1
    while at < len(text) or row:
        found = quoted.match(text, at)
        if not found and text.startswith('"', at):
            raise Bad(Refusal(CSV, line, len(row) + 1))
        row.append(Cell(found.group(1).replace('""', '"'), True, line) if found else
                   Cell(plain.match(text, at).group().strip(" \t"), False, line))
        inside = (found or plain.match(text, at)).end()
        stop = end.match(text, inside)
        if not stop:
            raise Bad(Refusal(CSV, line, len(row)))
        line += len(LINE_END.findall(text, at, stop.end()))
        at = stop.end()
        if stop.group(1) is None:
            rows.append(row)
            row = []
    return rows


def line_of(data, offset):
    return 1 + len(re.findall(rb"\r\n|\r|\n", data[:offset]))


def text_of(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4] == b"\0\0\xfe\xff":
        raise Bad(Refusal(CSV, 0, 0))
    data = data[3:] if data.startswith(b"\xef\xbb\xbf") else data
    if b"\0" in data:
        raise Bad(Refusal(CSV, line_of(data, data.index(b"\0")), 0))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Bad(Refusal(CSV, line_of(data, error.start), 0)) from None


def is_blank(row):
    return len(row) == 1 and not row[0].text and not row[0].quoted


def names_of(row):
    """The first of several columns may have none, and gets one that no other has."""
    unnamed = len(row) > 1 and not row[0].text
    names = []
    for place, cell in enumerate(row):
        if (not cell.text and not (unnamed and place == 0)) or cell.text in names:
            raise Bad(Refusal(CSV, cell.line, place + 1))
        names.append(cell.text)
    if unnamed:
        made_up = ["x1"] + ["x1.%d" % k for k in range(2, len(row) + 1)]
        names[0] = next(name for name in made_up if name not in names)
    return names


def ends_in_delimiters(data, delimiter):
    """Are all lines so? The last columns, which no line has a value for, are left out then."""
    lines = [line for line in re.split(rb"[\r\n]+", data) if line]
    return all(re.search(re.escape(delimiter.encode()) + rb"[ \t]*\Z", line) for line in lines)


def reading(data, delimiter=",", header=True):
    try:
        rows = cells_of(text_of(data), delimiter)
        while rows and is_blank(rows[-1]):
            rows.pop()
        if not rows:
            raise Bad(Refusal(EMPTY, 0, 0))
        columns = len(next(row for row in rows if not is_blank(row)))
        for row in rows:
            if len(row) != columns or (is_blank(row) and columns > 1):
                raise Bad(Refusal(RAGGED, row[0].line, 0))
        if len(rows) == header:
            raise Bad(Refusal(EMPTY, 0, 0))
        names = names_of(rows[0]) if header else ["x%d" % (i + 1) for i in range(columns)]
        rows = rows[header:]
        return Reading(names, [[cell.text for cell in row] for row in rows], [row[0].line for row in rows])
    except Bad as bad:
        return bad.args[0]
