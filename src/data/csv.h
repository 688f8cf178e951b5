/* The parts of the CSV reader: a scanner of cells, what is told from the text, and the columns. */
#ifndef DATA_CSV_H
#define DATA_CSV_H

#include "data/amount.h"
#include "data/hashset.h"
#include "data/reader.h"

enum {
  CR_CSV_CELL_MAX = 1 << 20,    /* bytes */
  CR_CSV_LINE_MAX = 64 << 20,   /* bytes of a row */
  CR_CSV_COLUMNS_MAX = 1000000, /* cells of a row */
};

/* Kinds of line ends that were seen. */
enum { CR_CSV_LF = 1, CR_CSV_CRLF = 2, CR_CSV_CR = 4 };

/* A cell in the text: what stands between quotes, or between blanks without them. */
typedef struct cr_csv_cell {
  const char *text;
  size_t size;
  uint64_t line; /* where it begins */
  bool quoted;
  bool escaped; /* has "" for " */
  bool last;    /* of its row */
} cr_csv_cell;

typedef struct cr_csv_scan {
  const char *path;
  const char *at, *end; /* *end is NUL, or the byte after a line end */
  const char *row_start;
  uint64_t line;
  size_t row; /* rows before this one */
  char delimiter;
  unsigned line_ends;
  size_t cells;           /* of the row so far */
  const bool *ends_plain; /* (256) bytes that end a cell without quotes, or may not stand in it */
} cr_csv_scan;

/* How the rows lie, from a pass over the whole file. A row fits if it has `columns` cells. */
typedef struct cr_csv_shape {
  size_t columns; /* of the first row that is not blank */
  size_t rows;    /* that fit, the header among them */
  size_t ragged;  /* that do not */
  uint64_t ragged_line;
  size_t ragged_cells; /* of the first that does not fit; 0: it is blank */
  const char *end;     /* after the last row that is not blank */
  uint64_t next_line;  /* after the text */
  unsigned line_ends;
} cr_csv_shape;

/* What a row is, beside its cells. */
typedef struct cr_csv_row {
  size_t cells;
  uint64_t line;
  bool blank; /* one empty cell and no quotes */
} cr_csv_row;

/* What is told by the bytes of a chunk, wherever its rows begin. */
typedef struct cr_csv_survey {
  size_t quotes, lines, zeros;
  bool high, encoded; /* has bytes that are not ASCII; these are UTF-8 */
} cr_csv_survey;

/* The rows that begin in a stretch of so many bytes of the text, whatever the threads. */
enum { CR_CSV_CHUNK_BYTES = 1 << 19 };

typedef struct cr_csv_chunk {
  cr_csv_survey survey;
  bool quoted;       /* the stretch begins inside quotes */
  uint64_t cut_line; /* it begins in this line */
  const char *start, *end;
  uint64_t start_line;
  cr_csv_shape shape;
  bool content;                          /* has a row that is not blank */
  size_t first_blanks, blanks;           /* blank rows before all others, and after them */
  uint64_t first_blank_line, blank_line; /* the first of each */
  size_t first_fit, first_row;           /* rows before it: that fit, and all of them */
  cr_status status;
} cr_csv_chunk;

/* What a column is read as. */
typedef enum cr_csv_type {
  CR_CSV_BY_LOOKING, /* as what most of its values are */
  CR_CSV_NUMBERS,    /* its words are bad values */
  CR_CSV_AMOUNTS,    /* the same, but for words that cr_parse_amount knows */
  CR_CSV_TEXTS,      /* its numbers are texts like others */
} cr_csv_type;

/* Cells of each kind in a column. */
typedef struct cr_csv_counts {
  size_t missing, numbers, unusable, words;
  unsigned told;  /* of those that are no plain numbers, together: see cr_parse_amount */
  size_t pointed; /* numbers whose point may part thousands: "1.234"; and is there */
  bool decimals;  /* one with a point that cannot? See cr_csv_look_at_point */
} cr_csv_counts;

/* A CSV file while it is read, or a piece of one. */
typedef struct cr_csv {
  const cr_source *source;
  const cr_read_options *options;
  cr_pool *pool;    /* may be NULL */
  const char *text; /* (size) after a byte order mark */
  size_t size;
  uint64_t first_byte;      /* of the text in its file */
  uint64_t first_line;      /* which it begins with */
  size_t first_row;         /* rows of data before the text */
  const cr_csv_type *types; /* (columns) NULL: all by looking */
  cr_csv_counts *counts;    /* (columns) filled if it is not NULL */
  char delimiter;           /* 0: not known yet */
  size_t trailing;          /* delimiters that end each row, after its last value */
  bool ends_plain[256];     /* see cr_csv_scan */
  size_t chunk_bytes;       /* 0: CR_CSV_CHUNK_BYTES */
  cr_csv_chunk *chunks;     /* (chunk_count) */
  size_t chunk_count;
  cr_csv_shape shape;
  bool has_header;
  uint64_t bytes_left; /* of what the table may take of memory */
} cr_csv;

/* What a cell can be. A number that cannot be used is one in form only: "inf", "1e999", "1,5". */
typedef enum cr_csv_kind {
  CR_CSV_MISSING,
  CR_CSV_NUMBER,
  CR_CSV_UNUSABLE,
  CR_CSV_WORD,
} cr_csv_kind;

/* read_csv_scan.c. What the cells of a text are cut by; call once. */
void cr_csv_set_delimiter(cr_csv *csv, char delimiter);

/* A scan of rows: at the start, or wherever row_start says. */
void cr_csv_start(const cr_csv *csv, cr_csv_scan *scan);
cr_status cr_csv_next(cr_csv_scan *scan, cr_csv_cell *cell);

/* Goes through a whole row, whatever its cells are. */
cr_status cr_csv_pass_row(cr_csv_scan *scan, cr_csv_row *row);

/* The next row that fits becomes the one to scan; false after the last. CR_OK: see *found. */
cr_status cr_csv_next_row(const cr_csv *csv, cr_csv_scan *scan, bool *found);

/* What a cell is that stands in text[0..size), in a text whose quotes are in order; no `line`. */
void cr_csv_cut(const char *text, size_t size, cr_csv_cell *cell);

/* Lines of a text: each place asked for is at the last one or after it. */
typedef struct cr_csv_lines {
  const char *at;
  uint64_t line; /* of `at` */
} cr_csv_lines;
uint64_t cr_csv_line_of(cr_csv_lines *lines, const char *at);

/* The text of a cell with its quotes undone goes to `out`, which is emptied first. */
cr_status cr_csv_unescape(const cr_csv_cell *cell, cr_strbuf *out);

/*
 * read_csv_index.c. Where the cells of some rows begin: each ends a byte before the next begins,
 * but that the first of a row begins after the '\n' of "\r\n", if it begins with that.
 */
typedef struct cr_csv_index_row {
  uint32_t cells_end; /* cells of the rows up to it, with its own */
  uint32_t stop;      /* offset of its line end */
} cr_csv_index_row;

typedef struct cr_csv_index {
  bool with_starts;       /* set by the caller, who begins with all else 0 */
  const char *text, *end; /* of the rows */
  uint32_t *starts;       /* (cells + 1) offsets, if they are wanted */
  size_t cells, capacity;
  cr_csv_index_row *rows; /* (row_count) */
  size_t row_count, row_capacity;
  unsigned line_ends; /* seen after the rows */
} cr_csv_index;

/*
 * The rows from a scan on, at the start of one, that begin before `limit`. The index may have been
 * used before. What the scanner says of a text that is not in order, CR_ERR_MEMORY.
 */
cr_status cr_csv_index_rows(const cr_csv *csv, const cr_csv_scan *from, const char *limit,
                            cr_csv_index *index);
void cr_csv_index_free(cr_csv_index *index);

/*
 * read_csv_chunks.c. Cuts the text into chunks and checks its bytes; to be ended by cr_csv_end,
 * after a failure too.
 */
cr_status cr_csv_survey_text(cr_csv *csv);
void cr_csv_end(cr_csv *csv);

/* How the rows of text and chunks lie; shape.columns is that of the first row if it is 0. */
cr_status cr_csv_find_shape(cr_csv *csv);

/* read_csv.c. What the reader does; how the text is cut makes no difference. */
cr_status cr_csv_read(cr_source *source, const cr_read_options *options, cr_pool *pool,
                      size_t chunk_bytes, cr_table **out);

/* Warns of lines that end in different ways, and of delimiters with nothing behind them. */
cr_status cr_csv_warn_lines(unsigned ends, size_t trailing, cr_table *table);

/* Do all rows fit, or may others be left out, and are there any below the header? */
cr_status cr_csv_check_rows(const cr_csv *csv);

/* read_csv_check.c. Encodings, NUL bytes, and rows that do not fit. */
cr_status cr_csv_check_marks(cr_csv *csv);      /* steps over the mark of UTF-8, and "sep=;" */
cr_status cr_csv_check_head(cr_csv *csv);       /* whatever the head alone of a file tells */
cr_status cr_csv_check_text(const cr_csv *csv); /* the first NUL byte, or else what is not UTF-8 */
cr_status cr_csv_fail_ragged(const cr_csv *csv);

/* A fix: the command that leaves out what stands above a line. */
cr_status cr_csv_fix_start(const cr_csv *csv, uint64_t line);

/* read_csv_guess.c. The delimiter by the first 64 KiB; whether there is a header. */
char cr_csv_guess_delimiter(const char *text, size_t size);

/* The same for a file whose first bytes the text is: the delimiter, if it is not known, and those
   after the last value of each row. */
void cr_csv_find_delimiters(cr_csv *csv);
cr_status cr_csv_guess_header(cr_csv *csv);

/* A column: is its first value a word, and are all below it numbers, but for gaps? */
typedef enum cr_csv_above {
  CR_CSV_NO_WORD,
  CR_CSV_WORD_ABOVE,
  CR_CSV_WORD_ABOVE_NUMBERS
} cr_csv_above;

/*
 * What tells of a header: names in the first row, and what is below them. Names are words, and
 * whole numbers among them, as years are and as pandas counts columns. Below words alone a number
 * settles it; without one every row counts.
 */
typedef struct cr_csv_header {
  cr_csv_cell *first;  /* (columns) the cells of the first row */
  cr_csv_above *above; /* (columns) */
  size_t columns, words, numbers;
  bool names;     /* could they be names, */
  bool different; /* and each but one? */
  bool counted;   /* the numbers are 0, 1, 2, …, and enough of them */
  bool index;     /* the first cell is empty, and below it the rows are counted from 0 */
  size_t rows;    /* that were looked at below */
  size_t alone;   /* words of the first row that may be the only ones of their columns */
  bool number;    /* there is one below; */
  bool again;     /* a word of the first row stands in its column again */
} cr_csv_header;

/* The first row of a text whose shape is known; the scan goes on below it. */
cr_status cr_csv_header_start(const cr_csv *csv, cr_csv_scan *scan, cr_csv_header *header);

/* The rows below, as far as they matter: those of further texts, too. */
cr_status cr_csv_header_below(const cr_csv *csv, cr_csv_scan *scan, cr_csv_header *header);
bool cr_csv_header_is_there(const cr_csv_header *header);

/* Could more rows say otherwise? */
bool cr_csv_header_is_open(const cr_csv_header *header);
void cr_csv_header_free(cr_csv_header *header);

/* read_csv_cell.c. *number is set for CR_CSV_NUMBER. */
bool cr_csv_is_missing(const char *text, size_t size);
cr_csv_kind cr_csv_classify(const cr_csv_cell *cell, double *number);

/* What a cell that is no plain number tells as an amount; CR_AMOUNT_NOT: it is none. */
unsigned cr_csv_look_for_amount(const cr_csv_cell *cell, double *number);

/* What the point of a number tells that is read as one, signs and groups among it. */
void cr_csv_look_at_point(const char *text, size_t size, cr_csv_counts *counts);

/* read_csv_check.c. Takes bytes of memory from what is left for the table. CR_ERR_LIMIT. */
cr_status cr_csv_spend(cr_csv *csv, uint64_t bytes);

/* read_csv_columns.c. The values of all columns into a table that has its names. */
cr_status cr_csv_fill(cr_csv *csv, cr_table *table);

/* What a column takes of memory beside its values, while it is read and afterwards. */
uint64_t cr_csv_column_bytes(void);

/*
 * read_csv_types.c. Is a column of words and of numbers one of texts? `distinct`: different values,
 * counted up to CR_CSV_DISTINCT_MAX + 1; where the answer does not depend on them they may be
 * anything.
 */
enum { CR_CSV_DISTINCT_MAX = 20 };
bool cr_csv_is_text(const cr_csv_counts *counts, size_t distinct, bool is_target);

/* Is a column one of numbers that are not all plain ones, whatever cr_csv_is_text says? */
bool cr_csv_is_amounts(const cr_csv_counts *counts);

void cr_csv_add_counts(cr_csv_counts *sum, const cr_csv_counts *counts);

/* What options->types say of the columns of a table, to types (columns). */
cr_status cr_csv_declare_types(const cr_table *table, const cr_read_options *options,
                               cr_csv_type *types);

/*
 * read_csv_piece.c. A file that is read in pieces of whole rows. The first of them, its head, says
 * how: the delimiter, names, and what the columns are.
 */
typedef struct cr_csv_pieces {
  cr_source source;               /* of the piece that is read; its path is that of the file */
  const cr_read_options *options; /* borrowed; `types` are checked and done with by the head */
  char delimiter;
  size_t trailing;
  bool has_header, first_nameless;
  size_t columns;
  cr_strlist names;      /* (columns) */
  cr_csv_type *types;    /* (columns) what they are read as: numbers or texts; NULL: rows are
                            counted alone */
  cr_csv_counts *counts; /* (columns) of all pieces so far */
  uint64_t bytes;        /* of the file before the next piece */
  uint64_t line;         /* the line it begins with */
  size_t rows;           /* of data before it, those that do not fit among them */
  cr_csv_shape shape;    /* of all pieces so far, but for `end` */
} cr_csv_pieces;

/*
 * Looks at the head of a file: text[0..size), text[size] is NUL. The path and the options have to
 * outlive *out. All failures of reading a file, as far as its head has reason for them.
 */
cr_status cr_csv_pieces_open(const char *path, const char *head, size_t size,
                             const cr_read_options *options, cr_csv_pieces *out);
void cr_csv_pieces_close(cr_csv_pieces *pieces);

/*
 * read_csv_search.c. Looks for a header where the head of a file leaves it open: the head first,
 * then piece after piece, until it is settled. All 0 at first.
 */
typedef struct cr_csv_search {
  cr_csv_header header;
  cr_strbuf head; /* what the cells of the first row are in */
  size_t columns, trailing;
  char delimiter;
  uint64_t bytes; /* of the file so far */
  bool open;      /* more rows may say otherwise */
} cr_csv_search;

cr_status cr_csv_search_add(cr_csv_search *search, const char *path, const cr_read_options *options,
                            const char *text, size_t size);
void cr_csv_search_free(cr_csv_search *search);

/* How many bytes of a text that begins with a row are rows with their ends, blank ones not last. */
size_t cr_csv_whole_rows(const char *text, size_t size);

/*
 * Reads the next piece, whole rows text[0..size), text[size] is NUL, into a table whose rows know
 * their numbers in the file; *out is NULL where the piece has no row of data (a header alone). Rows
 * that do not fit are counted and left out: see cr_csv_pieces_check. Figures are not worked out.
 */
cr_status cr_csv_pieces_read(cr_csv_pieces *pieces, const char *text, size_t size, cr_pool *pool,
                             cr_table **out);

/* After the last piece: CR_ERR_RAGGED unless rows may be left out, CR_ERR_EMPTY without rows. */
cr_status cr_csv_pieces_check(const cr_csv_pieces *pieces);

/* Goes back to the first piece; the types stay, to which the caller may have made changes. */
void cr_csv_pieces_rewind(cr_csv_pieces *pieces);

/* read_csv_mend.c. Which text is meant by one, from its first row or, with `columns` known, on? */
typedef struct cr_csv_mending {
  const char *path;
  const cr_read_options *options;
  char delimiter;
  size_t columns; /* 0: those of the first row */
  size_t trailing;
  uint64_t first_line;
  bool continues; /* rows of the file come before the text */
} cr_csv_mending;

/* What is read as strict CSV goes to `out`. CR_ERR_NUMBER, CR_ERR_LIMIT. */
cr_status cr_csv_mend(const char *text, size_t size, const cr_csv_mending *mending, cr_strbuf *out);

/* The text of `csv` becomes the one that is meant, in `mended`, if it is not that already. */
cr_status cr_csv_mend_text(cr_csv *csv, cr_strbuf *mended);

/* A text of a column. */
typedef struct cr_csv_text {
  const char *text;
  size_t size;
} cr_csv_text;

/*
 * read_csv_recent.c. Cells of a column as they stand in the file, in the order of their appearance,
 * each once, or nearly so: one is found again unless others have taken the slots that it may be in.
 */
typedef struct cr_csv_seen {
  uint64_t first, last; /* the bytes it begins and ends with, up to eight, quotes among them */
  const char *raw;      /* all of it */
  uint32_t raw_size;
  uint32_t code;    /* among the texts of all chunks */
  cr_csv_text text; /* without quotes around it */
  bool escaped;     /* has "" for " */
  uint8_t kind;     /* cr_csv_kind */
  uint16_t told;    /* of one that is no plain number: see cr_parse_amount */
  uint64_t hash;    /* cr_hash_secret, of what it says; not of what is missing */
} cr_csv_seen;

enum { CR_CSV_SLOTS_MOST = 2048, CR_CSV_WAYS = 4 };
typedef struct cr_csv_slot {
  uint32_t mark;         /* bits of what the text was placed by */
  uint32_t item_and_one; /* its place; 0: the slot is free */
} cr_csv_slot;

typedef struct cr_csv_recent {
  cr_csv_seen *items; /* (count) */
  size_t count, capacity;
  cr_strbuf scratch;
  size_t slot_count; /* a power of two */
  cr_csv_slot slots[];
} cr_csv_recent;

/* With slots for the texts of so many rows; the caller frees it. */
cr_status cr_csv_recent_create(size_t rows, cr_csv_recent **out);

/* The place of a cell that stands in raw[0..size). Bytes before `end` may be looked at. */
cr_status cr_csv_recent_code(cr_csv_recent *recent, const char *raw, size_t size, const char *end,
                             uint32_t *code);
void cr_csv_recent_free(cr_csv_recent *recent);

/* read_csv_text.c. The different texts of a column, in order of appearance. */
typedef struct cr_csv_texts {
  cr_csv_text *items; /* (count) */
  size_t count, capacity;
  cr_strlist copies; /* of those that are not in the file as they are */
  cr_hashset set;
} cr_csv_texts;

/* Makes room for so many texts in all. */
cr_status cr_csv_texts_reserve(cr_csv_texts *texts, size_t count);

/* The code of a cell's text, which has to outlive the texts unless it is escaped. */
cr_status cr_csv_texts_add(cr_csv_texts *texts, const cr_csv_seen *cell, uint32_t *code);

/* The same of a text that is copied. */
cr_status cr_csv_texts_code(cr_csv_texts *texts, const char *text, size_t size, uint32_t *code);

/* read_csv_sort.c. Moves the texts, sorted, to the column and changes its codes (rows) to match. */
cr_status cr_csv_texts_sort(cr_csv_texts *texts, cr_stored_column *column, size_t rows);

/* The code of a text; UINT32_MAX if it is none of them. */
uint32_t cr_csv_texts_find(const cr_csv_texts *texts, const char *text, size_t size);
void cr_csv_texts_free(cr_csv_texts *texts);

/*
 * read_csv_fill.c. The cells of a run of chunks, read by all threads. What a column is read as, and
 * what was found in it in one chunk.
 */
typedef enum cr_csv_mode {
  CR_CSV_SKIP,
  CR_CSV_AS_NUMBERS,
  CR_CSV_AS_AMOUNTS,
  CR_CSV_AS_CODES
} cr_csv_mode;

static inline bool cr_csv_gives_numbers(cr_csv_mode mode) {
  return mode == CR_CSV_AS_NUMBERS || mode == CR_CSV_AS_AMOUNTS;
}

typedef struct cr_csv_found {
  cr_csv_counts kinds;
  cr_bad_value first_missing, first_bad;
  cr_csv_recent *recent; /* NULL unless it is read as codes, which are places in it */
} cr_csv_found;

typedef struct cr_csv_part {
  size_t chunk;
  size_t first, rows;  /* of the table */
  cr_csv_found *found; /* (columns) */
  cr_csv_index index;  /* of its cells; its memory stays for the next part in this place */
  cr_status status;    /* CR_ERR_MEMORY */
} cr_csv_part;

typedef struct cr_csv_filling {
  cr_csv *csv;
  cr_table *table;
  const cr_csv_mode *modes; /* (columns) */
  cr_csv_scan data;         /* at the first row after the header */
  size_t rows_before;       /* up to the header, with it */
  cr_csv_part *parts;       /* of the chunks that are read side by side */
} cr_csv_filling;

/* Steps to the first row of data, over so many rows. */
cr_status cr_csv_start_data(const cr_csv *csv, cr_csv_scan *scan, size_t *rows_before);

/* Reads a chunk into its rows of the table: a task of the pool, whose context is the filling. */
void cr_csv_fill_part(void *filling, size_t part);

#endif
