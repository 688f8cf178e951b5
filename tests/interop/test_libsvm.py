#!/usr/bin/env python3
"""LIBSVM text as scikit-learn writes it, and with other blanks, read by libchainrule and by it.

usage: test_libsvm.py LIBRARY [CASES [SEED]]
"""
import io
import sys

sys.dont_write_bytecode = True
from library import called, needed

numpy, datasets = needed("numpy"), needed("sklearn.datasets")
REFUSALS = {18, 20, 26}  # CR_ERR_LIMIT, FORMAT, LIBSVM
library, CASES, draw = called(500)


def our_table(text):
    table = library.parse(text, b"rows.svm")
    if table.status:
        return table.status, None
    places = [int(name[1:]) - 1 for name in table.names[:-1]] + [-1]
    values = numpy.zeros((table.rows, max(places) + 2))  # what has no value may have no column
    values[:, places] = table.values()
    return 0, values


def same(ours, theirs):
    """Our columns end with the last that has a value, or with the largest index."""
    if ours.shape[1] > theirs.shape[1] or ours.shape[0] != theirs.shape[0]:
        return False
    there = ours.shape[1] - 1
    return (numpy.array_equal(ours[:, :there], theirs[:, :there]) and
            numpy.array_equal(ours[:, -1], theirs[:, -1]) and not theirs[:, there:-1].any())


def their_table(text):
    try:
        x, y = datasets.load_svmlight_file(io.BytesIO(text), zero_based=False)
    except ValueError as error:
        sys.exit("read, and scikit-learn says %s: %r" % (error, text))
    return numpy.hstack([x.toarray(), y.reshape(-1, 1)])


def make_text():
    rows, columns, share = draw.randint(1, 12), draw.randint(1, 30), draw.choice([0.05, 0.2, 0.4])
    x = numpy.array([[draw.gauss(0, 10 ** draw.randint(-8, 8)) if draw.random() < share else 0.0
                      for _ in range(columns)] for _ in range(rows)])
    x[0, draw.randrange(columns)] = 1.5
    y = numpy.array([draw.choice([-1, 0, 1, 2.5]) for _ in range(rows)])
    file = io.BytesIO()
    datasets.dump_svmlight_file(x, y, file, zero_based=False, comment=draw.choice([None, "a remark: 1:2"]))
    text = file.getvalue()
    if draw.random() < 0.5:
        text = text.replace(b" ", draw.choice([b"  ", b"\t", b" \t"]))
    if draw.random() < 0.5:
        text = text.replace(b"\n", draw.choice([b"\r\n", b" # remark\n", b"\n\n", b" \n"]))
    return text


def damaged(text):
    text = bytearray(text.replace(b"\r\n", b"\n"))  # a CR alone ends a line for us only
    for _ in range(draw.choice([1, 1, 2, 3])):
        at = draw.randrange(len(text))
        if draw.random() < 0.5:
            text[at] = draw.choice(b"0123456789:.-+e#, \n")
        else:
            del text[at]
    return b"1 1:2\n" + bytes(text)


def main():
    read = 0
    for _ in range(CASES):
        text = make_text()
        status, ours = our_table(text)
        if status or not same(ours, their_table(text)):
            sys.exit("status %d or other values: %r" % (status, text[:300]))
        text = damaged(text)
        status, ours = our_table(text)
        if status and status not in REFUSALS:
            sys.exit("refused with status %d: %r" % (status, text[:300]))
        if status:
            continue
        read += 1
        if not same(ours, their_table(text)):
            sys.exit("other values: %r" % text[:300])
    print("%d texts read as scikit-learn reads them; of %d damaged ones %d, the others refused" % (CASES, CASES, read))


main()
