#!/usr/bin/env python3
"""Arrays as numpy writes them, whole and damaged, read by libchainrule and by numpy.

usage: test_npy.py LIBRARY [CASES [SEED]]: what numpy wrote of a type we read must be read to the
same values; what was damaged afterwards must be refused or be read to what numpy reads.
"""
import io
import resource
import sys
import warnings

sys.dont_write_bytecode = True
from library import called, needed

numpy = needed("numpy")
TYPES = ["|b1", "|u1", "|i1"] + [order + kind for order in "<>" for kind in
                                 "f2 f4 f8 i2 i4 i8 u2 u4 u8".split()]
OTHERS = ["<c8", "<U3", "|S2", "<M8[D]", "|V4", [("a", "<f4"), ("b", "|u1")]]
FLOAT32_MOST = 3.4028234663852886e38
REFUSALS = {4, 18, 20, 25}  # CR_ERR_EMPTY, LIMIT, FORMAT, NPY
ROOM = 2 << 30              # bytes; a damaged shape may ask for any number
library, CASES, draw = called(3000)


def expected_values(array):
    if array.ndim > 2:
        return array.reshape(len(array), -1)
    values = array.reshape(len(array), -1).astype("f8")
    values[~(numpy.abs(values) <= FLOAT32_MOST)] = numpy.nan
    return values


def numpy_reads(data):
    try:
        return numpy.load(io.BytesIO(data), allow_pickle=False)
    except Exception:  # it has many, of its own and of Python's parser
        return None


def fail(what, data):
    sys.exit("%s: %r" % (what, data[:300]))


def compare(data, must_read):
    """True if we read it."""
    table = library.parse(data, b"array.npy")
    if table.status:
        if must_read or table.status not in REFUSALS:
            fail("refused with status %d" % table.status, data)
        return False
    array = numpy_reads(data)
    if array is None:
        fail("read, and numpy refuses it", data)
    if not numpy.array_equal(table.values(), expected_values(array), equal_nan=True):
        fail("other values than numpy's", data)
    return True


def make_array():
    kind = draw.choice(TYPES)
    dimensions = draw.choice([1, 2, 2, 2] + ([3, 4] if kind == "|u1" else []))
    shape = [draw.choice([1, 2, 3, 5, 8, draw.randint(1, 300 if dimensions < 3 else 9)]) for _ in range(dimensions)]
    if dimensions == 2 and shape[0] * shape[1] > 3000:
        shape[1] = 7
    count = int(numpy.prod(shape))
    data = draw.randbytes(count * numpy.dtype(kind).itemsize)
    if kind == "|b1":
        data = bytes(byte & 1 for byte in data)
    array = numpy.frombuffer(data, kind).reshape(shape)
    return numpy.asfortranarray(array) if draw.random() < 0.4 else array


def written(array, version=None):
    file = io.BytesIO()
    numpy.lib.format.write_array(file, array, version=version, allow_pickle=True)
    return file.getvalue()


def damaged(data):
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        at = draw.randrange(min(len(data), 128) if draw.random() < 0.9 else len(data))
        what = draw.randrange(5)
        if what == 0:
            data[at] = draw.randrange(256)
        elif what == 1:
            data[at] = draw.choice(b"0123456789(),':{}LTF<>|ufib ")
        elif what == 2:
            data[at:at] = draw.choice([b"0", b" ", b",", b"(", b"'", b"\0", b"-", b"L", b"\n"])
        elif what == 3:
            del data[at:at + draw.randint(1, 9)]
        else:
            data += draw.randbytes(draw.randint(1, 9))
        if not data:
            break
    return b"\x93NUMPY" + bytes(data[6:])


def main():
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    warnings.simplefilter("ignore")
    numpy.seterr(all="ignore")
    read = 0
    for _ in range(CASES):
        data = written(make_array(), draw.choice([None, None, (1, 0), (2, 0), (3, 0)]))
        compare(data, True)
        for _ in range(4):
            read += compare(damaged(data), False)
    for kind in OTHERS:
        if compare(written(numpy.zeros(3, kind)), False):
            sys.exit("%s was read" % kind)
    if compare(written(numpy.array([None, 1], dtype=object)), False):
        sys.exit("objects were read")
    print("%d arrays read as numpy reads them; of %d damaged ones %d, the others refused" % (CASES, 4 * CASES, read))


main()
