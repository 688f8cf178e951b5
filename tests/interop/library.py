"""libchainrule's tables, for the tests of its readers: Library.parse, and what such a test begins with."""
import ctypes
import importlib
import random
import sys

NUMBER, TEXT, IMAGE = 0, 1, 2
size_t, pointer = ctypes.c_size_t, ctypes.c_void_p


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("message", ctypes.c_char * 512), ("why", ctypes.c_char * 256),
                ("fix", ctypes.c_char * 256), ("file", ctypes.c_char * 512), ("line", ctypes.c_uint64),
                ("column", ctypes.c_uint64), ("offset", ctypes.c_uint64)]


class ReadOptions(ctypes.Structure):
    """The first members; the library takes the size for what the program was built with."""
    _fields_ = [("struct_size", size_t), ("target", ctypes.c_char_p), ("labels", ctypes.c_char_p),
                ("header", ctypes.c_char_p), ("delimiter", ctypes.c_char), ("skip_bad_rows", ctypes.c_bool),
                ("max_bytes", ctypes.c_uint64), ("threads", size_t)]


class Column(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int), ("width", size_t)]


FUNCTIONS = {  # name: result, arguments
    "cr_read_options_init_sized": (None, [pointer, size_t]),
    "cr_table_parse": (ctypes.c_int, [ctypes.c_char_p, ctypes.c_char_p, size_t, pointer, pointer]),
    "cr_table_destroy": (None, [pointer]),
    "cr_table_rows": (size_t, [pointer]),
    "cr_table_columns": (size_t, [pointer]),
    "cr_table_column": (ctypes.POINTER(Column), [pointer, size_t]),
    "cr_table_number": (ctypes.c_double, [pointer, size_t, size_t]),
    "cr_table_text": (ctypes.c_char_p, [pointer, size_t, size_t]),
    "cr_table_image": (pointer, [pointer, size_t, size_t]),
    "cr_last_error": (ctypes.POINTER(Error), []),
}


class Table:
    """names, types, columns: a list of floats, or of texts and None, or of the bytes of images, for each."""
    status = 0

    def __init__(self, library, table):
        rows, count = library.cr_table_rows(table), library.cr_table_columns(table)
        about = [library.cr_table_column(table, c).contents for c in range(count)]
        self.rows = rows
        self.names = [column.name.decode() for column in about]
        self.types = [column.type for column in about]
        readers = {NUMBER: library.cr_table_number, TEXT: lambda *place: decoded(library.cr_table_text(*place)),
                   IMAGE: lambda *place: ctypes.string_at(library.cr_table_image(*place), about[place[2]].width)}
        self.columns = [[readers[kind](table, r, c) for r in range(rows)] for c, kind in enumerate(self.types)]

    def values(self):
        """Of numbers and images, an array of numpy's: a row for each, and in it a number for each byte."""
        numpy = needed("numpy")
        return numpy.hstack([numpy.array([list(cell) for cell in column]) if kind == IMAGE else
                             numpy.reshape(column, (self.rows, 1)) for column, kind in zip(self.columns, self.types)])


def decoded(text):
    return None if text is None else text.decode()


class Library:
    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(self.library, name)
            function.restype, function.argtypes = result, arguments

    def parse(self, data, name=b"table", delimiter="", header="auto", target=""):
        """A Table, or the Error."""
        options, table = ReadOptions(), pointer()
        self.library.cr_read_options_init_sized(ctypes.byref(options), ctypes.sizeof(options))
        options.header, options.target = header.encode(), target.encode()
        options.delimiter = delimiter.encode() or b"\0"
        if self.library.cr_table_parse(name, data, len(data), ctypes.byref(options), ctypes.byref(table)):
            return Error.from_buffer_copy(self.library.cr_last_error().contents)
        try:
            return Table(self.library, table)
        finally:
            self.library.cr_table_destroy(table)


def needed(name):
    """A module that not everybody has: without it the test is skipped."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print("skipped: there is no " + name)
        sys.exit(77)


def called(cases):
    """Of a command line LIBRARY [CASES [SEED]] the library, how many cases there are, and what draws them."""
    numbers = [int(word) for word in sys.argv[2:4]]
    return Library(sys.argv[1]), (numbers + [cases])[0], random.Random((numbers[1:] + [1])[0])
