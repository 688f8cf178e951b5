"""libchainrule's tables, for the tests of its readers: load(path) and Library.parse."""
import ctypes

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
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int)]


FUNCTIONS = {  # name: result, arguments
    "cr_read_options_init_sized": (None, [pointer, size_t]),
    "cr_table_parse": (ctypes.c_int, [ctypes.c_char_p, ctypes.c_char_p, size_t, pointer, pointer]),
    "cr_table_destroy": (None, [pointer]),
    "cr_table_rows": (size_t, [pointer]),
    "cr_table_columns": (size_t, [pointer]),
    "cr_table_column": (ctypes.POINTER(Column), [pointer, size_t]),
    "cr_table_number": (ctypes.c_double, [pointer, size_t, size_t]),
    "cr_table_text": (ctypes.c_char_p, [pointer, size_t, size_t]),
    "cr_last_error": (ctypes.POINTER(Error), []),
}


class Table:
    """names, types (NUMBER, TEXT), columns: a list of floats, or of texts and None, for each."""

    def __init__(self, library, table):
        rows, count = library.cr_table_rows(table), library.cr_table_columns(table)
        about = [library.cr_table_column(table, c).contents for c in range(count)]
        self.rows = rows
        self.names = [column.name.decode() for column in about]
        self.types = [column.type for column in about]
        self.columns = [[library.cr_table_number(table, r, c) for r in range(rows)] if kind == NUMBER else
                        [decoded(library.cr_table_text(table, r, c)) for r in range(rows)]
                        for c, kind in enumerate(self.types)]


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
