/* The options of what is learnt from a table, which columns of it count, and how one is written. */
#include "command_line.h"

#define AT(member) offsetof(struct settings, member)

const struct option goal_options[] = {
    {.name = "target",
     .kind = OPTION_TEXT,
     .offset = AT(prepare.target),
     .argument = "NAME",
     .sample = "price",
     .group = "DATA",
     .basic = true,
     .sentence = "the column to learn, or several with commas",
     .fallback = "the last one",
     .more = "Several of 0 and 1 are labels that may hold together: each is learnt as yes or no. "
             "Several of other numbers are learnt side by side"},
    {.name = "task",
     .kind = OPTION_CHOICE,
     .offset = AT(prepare.task),
     .argument = "WORD",
     .sample = "regression",
     .choices = "auto,classification,regression",
     .sentence = "what the target holds",
     .fallback = "auto: classes for texts, and for at most 20 whole numbers"},
    {0},
};

const struct option column_options[] = {
    {.name = "drop",
     .kind = OPTION_NAMES,
     .offset = AT(drop),
     .argument = "NAMES",
     .sample = "id,comment",
     .group = "DATA",
     .basic = true,
     .sentence = "columns to leave out, with commas",
     .fallback = "none",
     .more = "May be given several times; a name with a comma in it goes alone, as in "
             "--drop 'height, cm'"},
    {.name = "only",
     .kind = OPTION_NAMES,
     .offset = AT(only),
     .argument = "NAMES",
     .sample = "age,city",
     .sentence = "the columns to take beside the target, with commas",
     .fallback = "all that are not left out",
     .more = "May be given several times, and beside --drop"},
    {.name = "type",
     .kind = OPTION_NAMES,
     .offset = AT(types),
     .argument = "NAME=KIND",
     .sample = "zip=category",
     .sentence = "what a column is: number, category, date, text, id or skip",
     .fallback = "found by looking",
     .more = "May be given several times. number reads $1,234 and 5%, too, and of the target "
             "number and category say what --task says. Each value of a category is an input of "
             "its own, or of more than 64 three of 64; its texts stay as they are, 007 too. A date "
             "is the days since 1970, and sine and cosine of its place in the year, the week and "
             "the day; dmy "
             "or mdy in place of date says how to read 3/4/2026. text, id and skip are left out"},
    {0},
};

const struct option writing_options[] = {
    {.name = "to",
     .kind = OPTION_TEXT,
     .offset = AT(file.format),
     .argument = "FORMAT",
     .sample = "csv.gz",
     .group = "WRITING",
     .basic = true,
     .sentence = "csv, tsv, libsvm, npy or idx, with .gz behind it for gzip",
     .fallback = "by the name of the file, else csv; of data split that of DATA"},
    {.name = "codes",
     .kind = OPTION_FLAG,
     .offset = AT(file.codes),
     .basic = true,
     .sentence = "write texts as 0, 1, 2, … in their order, and say which is which",
     .fallback = "off: texts are an error where only numbers go"},
    {.name = "no-header",
     .kind = OPTION_FLAG,
     .offset = AT(no_header),
     .sentence = "no line with the names of the columns",
     .fallback = "off"},
    {0},
};
