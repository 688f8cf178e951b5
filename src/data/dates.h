/* Dates and times of day as numbers: days since the start of 1970, by the Gregorian calendar. */
#ifndef DATA_DATES_H
#define DATA_DATES_H

#include <stdbool.h>
#include <stddef.h>

/* In which order a text has its day and month where it does not say so itself. */
typedef enum cr_date_order {
  CR_DATE_CLEAR = 0, /* no text needs to be told */
  CR_DATE_DMY,
  CR_DATE_MDY,
} cr_date_order;

/*
 * The days since 1970-01-01T00:00Z of all of text[0..size): 2026-03-04, 2026/3/4, 4.3.2026, 4 Mar
 * 2026 or 4-March-2026, and with an order 4/3/2026 or 4-3-2026; after a T or a blank it may have a
 * time of day, 9:05, 09:05:30, 09:05:30.25 or 9:05 PM, and after that Z or what it is ahead of UTC
 * by: +01:00, +0100, +01. Without that the time is taken as UTC. False if it is no date, *days
 * unchanged.
 */
bool cr_parse_date(const char *text, size_t size, cr_date_order order, double *days);

/* What looks like a date or a time to people, and leaves open which day it is. */
typedef enum cr_date_look {
  CR_LOOKS_LIKE_NONE = 0,
  CR_LOOKS_LIKE_SHORT_YEAR, /* 03/14/23 */
  CR_LOOKS_LIKE_TIME,       /* 14:30 */
} cr_date_look;
cr_date_look cr_look_of_date(const char *text, size_t size);

/*
 * What a set of texts says of its order. Start with all zero; a set in which cr_dates_add found no
 * date is none of dates.
 */
typedef struct cr_dates {
  bool not_dmy, not_mdy; /* some text is no date if read so */
  bool needs_order;      /* some text means another day if read otherwise */
} cr_dates;

/* False if the text is a date in neither order. */
bool cr_dates_add(cr_dates *dates, const char *text, size_t size);

/* Are these dates, and in which order? Not if one needs it and the others leave both open. */
bool cr_dates_order(const cr_dates *dates, cr_date_order *order);

/* The cycles of a date that sine and cosine stand for, as bits. */
enum { CR_CYCLE_YEAR = 1, CR_CYCLE_WEEK = 2, CR_CYCLE_DAY = 4, CR_CYCLES = 3 };

/* Name and length in days of cycle `index` (bit 1 << index). */
typedef struct cr_cycle {
  const char *name;
  double days;
} cr_cycle;
extern const cr_cycle cr_cycles[CR_CYCLES];

/*
 * (eq N6) Sine and cosine of the place of a date in each cycle of `cycles`, one after the other to
 * out (2 a cycle). Of the year: the place between its own start and end, leap or not.
 */
void cr_date_cycles(double days, unsigned cycles, double *out);

/*
 * The date as a text, 2026-03-04 or, if it is not midnight, 2026-03-04 09:05:30. "" for what is no
 * day from year 0 to 9999.
 */
void cr_format_date(double days, char out[32]);

#endif
