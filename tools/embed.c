/*
 * Turns files into arrays: embed OUT.c FILE...   The table is declared in src/data/assets.h. (C23's
 * #embed would do it, but the compilers this builds with do not have it yet.)
 */
#include <stdio.h>
#include <string.h>

static int embed_bytes(FILE *out, const char *path, int index) {
  FILE *in = fopen(path, "rb");
  if (!in) {
    perror(path);
    return 1;
  }
  fprintf(out, "static const unsigned char bytes_%d[] = {", index);
  unsigned long count = 0;
  for (int c; (c = getc(in)) != EOF; count++) fprintf(out, "%s%d,", count % 24 ? "" : "\n", c);
  fprintf(out, "\n};\n");
  const int failed = ferror(in) || count == 0;
  fclose(in);
  return failed;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: embed OUT.c FILE...\n");
    return 2;
  }
  FILE *out = fopen(argv[1], "w");
  if (!out) {
    perror(argv[1]);
    return 1;
  }
  int failed = 0;
  fprintf(out, "#include \"data/assets.h\"\n");
  for (int i = 2; i < argc; i++) failed |= embed_bytes(out, argv[i], i);
  fprintf(out, "const cr_asset cr_assets[] = {\n");
  for (int i = 2; i < argc; i++) {
    const char *slash = strrchr(argv[i], '/');
    fprintf(out, "  {\"%s\", bytes_%d, sizeof bytes_%d},\n", slash ? slash + 1 : argv[i], i, i);
  }
  fprintf(out, "  {0, 0, 0},\n};\n");
  return fclose(out) != 0 || failed;
}
