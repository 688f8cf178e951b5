/* Numbers as people write them: "$1,234.50", "(1,234)", "34 %". */
#ifndef DATA_AMOUNT_H
#define DATA_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>

/* What is told by a text, or by all texts of a set together: bits. */
enum {
  CR_AMOUNT_PLAIN = 1, /* bears none of these signs: */
  CR_AMOUNT_DOLLAR = 2,
  CR_AMOUNT_EURO = 4,
  CR_AMOUNT_POUND = 8,
  CR_AMOUNT_YEN = 16,
  CR_AMOUNT_PERCENT = 32,
  CR_AMOUNT_CLEAR = 64,    /* it can hardly be anything but a number */
  CR_AMOUNT_OPEN = 128,    /* "1,234": the comma may begin decimals, too */
  CR_AMOUNT_SETTLED = 256, /* "1,234,567" or "1.5": what comma and point are is plain to see */
  CR_AMOUNT_NOT = 512,     /* some text is none */
};

/*
 * The number that all of text[0..size) means, blanks around it apart: digits, in groups of three or
 * not, decimals behind `mark`; a sign $ € £ ¥ before or after it or % after it, perhaps with a
 * blank; a minus, or brackets instead. Groups are parted by a comma (by a point where `mark` is a
 * comma), a blank, a no-break space or an apostrophe. The sign is passed over: 34 % is 34. Returns
 * what is told; 0 if it is no such number or beyond what a float holds, *out unchanged.
 */
unsigned cr_parse_amount(const char *text, size_t size, char mark, double *out);

/* The same text with points for commas and commas for points: (size) bytes to out. */
void cr_swap_marks(const char *text, size_t size, char *out);

/*
 * Are these texts, of which all is told together, numbers beyond doubt? All have to bear the same
 * sign; one of a currency may be missing here and there.
 */
bool cr_amounts_agree(unsigned told);

#endif
