/* Numbers from text: strict, correctly rounded, whatever the locale. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/fail.h"

/*
 * Reads all of text[0..size) as a decimal number: [+-] digits [. digits] [e[+-]digits], also ".5"
 * and "1."; blanks around it are not part of it and refuse it. Infinity, NaN, hexadecimal, "1_000"
 * and what overflows to infinity are refused: false, *out unchanged.
 */
bool cr_parse_number(const char *text, size_t size, double *out);

/*
 * Reads the number that the text begins with, as long as it goes on, `mark` before its fraction,
 * and says how many bytes it takes. 0: there is none, or one for cr_parse_number alone, as those of
 * over 19 digits. The bytes before `end` are looked at eight at a time, and none after it.
 */
size_t cr_scan_number(const char *text, const char *end, char mark, double *out);

/* Reads all of it as an unsigned integer; false if it is not one or does not fit. */
bool cr_parse_integer(const char *text, size_t size, uint64_t *out);

/*
 * In a number that printf wrote, what the locale puts between integer and fraction, one byte or
 * more, becomes a point: the library writes the same text whatever its host has chosen.
 */
void cr_put_point(char *text);

/* Shortest of %.15g, %.16g, %.17g that reads back to the same value; needs 32 bytes. */
void cr_format_number(double value, char out[32]);

/* For qsort of doubles, ascending; none of them NAN. */
int cr_compare_numbers(const void *a, const void *b);

/* A positive number with so many digits, to be written shortly: 0.013 rather than 0.0131270. */
double cr_rounded(double value, int digits);

#endif
