/* For tests: a locale that writes a comma where the library writes a point. */
#ifndef TESTS_COMMA_LOCALE_H
#define TESTS_COMMA_LOCALE_H

#include <locale.h>
#include <stddef.h>

/* One that this system has; (locale_t)0 if it has none. The caller frees it with freelocale. */
static inline locale_t comma_locale(void) {
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8",  "fr_FR.UTF-8", "fr_FR.utf8",
                                      "de_DE",       "ru_RU.UTF-8", "nl_NL.UTF-8", "es_ES.UTF-8"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const locale_t found = newlocale(LC_ALL_MASK, names[i], (locale_t)0);
    if (found) return found;
  }
  return (locale_t)0;
}

#endif
