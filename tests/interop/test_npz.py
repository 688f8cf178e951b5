#!/usr/bin/env python3
"""Archives of arrays as numpy writes them, whole and damaged, read by libchainrule and by numpy.

usage: test_npz.py LIBRARY [CASES [SEED]]: what numpy wrote must be read to the same values, and its
labels with it; what was damaged afterwards must be refused or be read to what numpy reads.
"""
import io
import sys
import zipfile

sys.dont_write_bytecode = True
from library import called, needed

numpy = needed("numpy")
REFUSALS = {4, 16, 18, 20, 25, 29}  # CR_ERR_EMPTY, ARGUMENT, LIMIT, FORMAT, NPY, NPZ
INPUTS, LABELS = ["x", "X", "data", "images", "features"], ["y", "Y", "target", "labels", "label"]
library, CASES, draw = called(1000)


def read(data):
    """A table, or the error."""
    return library.parse(data, b"a.npz")


def numpy_reads(data):
    """What a table of its arrays would be; None if numpy refuses it."""
    try:
        with numpy.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception:  # zipfile has many, and so has numpy
        return None
    first = [a for name, a in arrays.items() if name in INPUTS or len(arrays) == 1][0]
    parts = [first.reshape(len(first), -1)]
    if len(arrays) > 1:
        parts += [a.reshape(len(a), -1) for name, a in arrays.items() if name in LABELS]
    return numpy.hstack([p.astype("f8") for p in parts])


def make():
    rows = draw.randint(1, 20)
    kind = draw.choice(["<f8", ">f4", "<i4", "|u1", "<f2"])
    x = numpy.array([[draw.randint(0, 200) for _ in range(draw.randint(1, 5))]] * rows, kind)
    arrays = {draw.choice(INPUTS): x}
    if draw.random() < 0.5:
        arrays[draw.choice(LABELS)] = numpy.array([draw.randint(0, 3) for _ in range(rows)])
    if len(arrays) > 1 and draw.random() < 0.3:
        arrays["notes"] = numpy.zeros(2)
    if len(arrays) == 1 and draw.random() < 0.3:
        arrays = {"anything": x}
    file = io.BytesIO()
    draw.choice([numpy.savez, numpy.savez_compressed])(file, **arrays)
    return file.getvalue()


def damaged(data):
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 4])):
        at = draw.randrange(len(data))
        what = draw.randrange(3)
        if what == 0:
            data[at] = draw.randrange(256)
        elif what == 1:
            del data[at:at + draw.randint(1, 9)]
        else:
            data[at:at] = draw.randbytes(draw.randint(1, 9))
    return b"PK\x03\x04" + bytes(data[4:])


def main():
    count = 0
    for _ in range(CASES):
        data = make()
        table = read(data)
        if table.status or not numpy.array_equal(table.values(), numpy_reads(data)):
            sys.exit("refused with status %d, or other values than numpy's: %r" % (table.status, data))
        for _ in range(4):
            data = damaged(make())
            table = read(data)
            if table.status and table.status not in REFUSALS:
                sys.exit("refused with status %d: %r" % (table.status, data))
            if table.status:
                continue
            count += 1
            theirs = numpy_reads(data)
            if theirs is not None and not numpy.array_equal(table.values(), theirs):
                sys.exit("other values than numpy's: %r" % data)
    encrypted = bytearray(make())
    encrypted[encrypted.rfind(b"PK\x01\x02") + 8] |= 1
    if read(bytes(encrypted)).status != 20:
        sys.exit("an encrypted entry was read")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.npy", b"x" * 100)
    if read(file.getvalue()).status != 20:
        sys.exit("an entry packed by LZMA was read")
    print("%d archives as numpy reads them, %d damaged ones read all the same" % (CASES, count))


if __name__ == "__main__":
    main()
