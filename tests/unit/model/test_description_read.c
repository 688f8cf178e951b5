/* Descriptions of models that are wrong in one way each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model_cases.h"

static const bad_case description_cases[] = {
    {"2^33 weights", {.model = SPEC("8191-1048576:relu-1:linear")}, "layers.0.bias has another"},
    {"more than 2^33 weights", {.model = SPEC("16777216-16777216:linear")}, "weights, at most"},
    {"too wide", {.model = SPEC("1-16777217:linear")}, "units in layer 1, at most 16777216"},
    {"width past 2^64", {.model = SPEC("1-99999999999999999999:linear")}, "does not start with"},
    {"no layer", {.model = SPEC("1")}, "has no layer"},
    {"no network", {.model = SPEC("")}, "has no layer"},
    {"unknown activation", {.model = SPEC("1-1:magic")}, "magic"},
    {"unknown loss",
     {.model = MODEL_OF("1-1:linear", "magic", "regression", MODEL_INPUTS, MODEL_TARGET)},
     "magic"},
    {"loss that does not go with it",
     {.model = MODEL_OF("1-1:linear", "cross_entropy", "regression", MODEL_INPUTS, MODEL_TARGET)},
     "loss cross_entropy does not go with output linear"},
    {"not an object", {.model = "[]"}, "chainrule.model is an array"},
    {"not JSON", {.model = "{\"network\":"}, "not valid JSON"},
    {"empty", {.model = ""}, "not valid JSON"},
    {"nothing in it", {.model = "{}"}, "\"network\": found nothing"},
    {"deep",
     {.model = "{\"x.a\":\"a text that is long enough for a file to have as many values as this\","
               "\"x.b\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
               "]]]]]]"
               "]]]]]]]}"},
     "nested more than 32 levels"},
    {"many values", {.model = "[,,,,,,,,,,,,,,,,,,,,,,,,,,,]"}, "more than"},
    {"a required extra", {.model = "{\"req.codec\":1}"}, "the file needs \"req.codec\""},
    {"task unknown", {.model = TARGET("guess", MODEL_TARGET)}, "task is \"guess\""},
    {"named a number",
     {.model = "{\"network\":\"1-1:linear\",\"loss\":\"half_squared\",\"task\":\"regression\","
               "\"named\":1}"},
     "named is an integer, expected true or false"},
    {"no inputs", {.model = INPUTS("[]")}, "the network takes 1 inputs, its columns give 0"},
    {"inputs no array", {.model = INPUTS("{}")}, "\"inputs\": found an object"},
    {"input no object", {.model = INPUTS("[1]")}, "an entry of inputs is an integer"},
    {"input without a name",
     {.model = INPUTS("[{\"type\":\"number\"}]")},
     "\"name\": found nothing"},
    {"input of another type",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"text\",\"shift\":0,\"scale\":1}]")},
     "has the type \"text\", expected number, category, hashed, date or image"},
    {"amounts no boolean",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"amounts\":1,\"shift\":0,"
                      "\"scale\":1}]")},
     "amounts is an integer, expected true or false"},
    {"category without labels",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"category\"}]")},
     "\"labels\": found nothing"},
    {"category of no labels",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"category\",\"labels\":[],"
                      "\"gaps\":\"marked\"}]")},
     "column \"a\" has 0 labels, expected 1 to 64"},
    {"category with more labels than inputs",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"category\","
                      "\"labels\":[\"x\",\"y\"]}]")},
     "the network takes 1 inputs, its columns give 2"},
    {"label of a category no text",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"category\",\"labels\":[7]}]")},
     "label 1 is an integer, expected a string"},
    {"gaps of another kind",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"gaps\":\"ignored\","
                      "\"shift\":0,\"scale\":1}]")},
     "has the gaps \"ignored\", expected marked or refused"},
    {"marked gaps without a fill",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"gaps\":\"marked\","
                      "\"shift\":0,\"scale\":1}]")},
     "\"fill\": found nothing"},
    {"new values of another kind",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"category\",\"labels\":[\"x\"],"
                      "\"req.unseen\":\"none\"}]")},
     "has the unseen \"none\", expected refused"},
    {"new values of a number",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"shift\":0,"
                      "\"scale\":1,\"req.unseen\":\"refused\"}]")},
     "the file needs \"req.unseen\""},
    {"knots of a category",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"category\",\"labels\":[\"x\"],"
                      "\"req.knots\":[1,2,3,4]}]")},
     "the file needs \"req.knots\""},
    {"refused gaps that are filled",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"gaps\":\"refused\","
                      "\"req.fill\":1,\"shift\":0,\"scale\":1}]")},
     "has gaps and a req.fill"},
    {"marked gaps need an input",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"gaps\":\"marked\","
                      "\"fill\":1,\"shift\":0,\"scale\":1}]")},
     "the network takes 1 inputs, its columns give 2"},
    {"input with scale 0",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"shift\":0,"
                      "\"scale\":0}]")},
     "the scale of column \"a\" is 0"},
    {"input with scale 1e999",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"shift\":0,"
                      "\"scale\":1e999}]")},
     "not valid JSON"},
    {"input past the last column",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":2,\"type\":\"number\",\"shift\":0,"
                      "\"scale\":1}]")},
     "has the place 2 of 2 columns"},
    {"input at a negative place",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":-1,\"type\":\"number\",\"shift\":0,"
                      "\"scale\":1}]")},
     "\"column\": found -1"},
    {"two inputs of one name",
     {.model =
          MODEL_OF("2-1:linear", "half_squared", "regression",
                   "[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"shift\":0,\"scale\":1},"
                   "{\"name\":\"a\",\"column\":1,\"type\":\"number\",\"shift\":0,\"scale\":1}]",
                   MODEL_TARGET),
      .tensors = BIAS TENSOR("layers.0.weight", "F32", "[2,1]", "[4,12]"),
      DATA("\0\0\0\0\0\0\0\0\0\0\0\0")},
     "two input columns are \"a\""},
    {"image whose size overflows",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"image\",\"height\":4294967296,"
                      "\"width\":4294967296,\"channels\":1,\"shift\":0,\"scale\":1}]")},
     "does not fit in memory"},
    {"image of another size",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"image\",\"height\":2,"
                      "\"width\":1,\"channels\":1,\"shift\":0,\"scale\":1}]")},
     "the network takes 1 inputs, its columns give 2"},
    {"image without size",
     {.model = INPUTS("[{\"name\":\"a\",\"column\":0,\"type\":\"image\",\"shift\":0,"
                      "\"scale\":1}]")},
     "\"height\": found nothing"},
    {"no target", {.model = TARGET("regression", "null")}, "target is null, expected an object"},
    {"target with scale 0",
     {.model = TARGET("regression", "{\"name\":\"y\",\"column\":1,\"shift\":0,\"scale\":0}")},
     "the scale of column \"y\" is 0"},
    {"target past the last column",
     {.model = TARGET("regression", "{\"name\":\"y\",\"column\":9,\"shift\":0,\"scale\":1}")},
     "has the place 9 of 2 columns"},
    {"label twice",
     {.model = TARGET("classification", "{\"name\":\"y\",\"column\":1,\"labels\":[\"a\",\"a\"]}")},
     "two labels are \"a\""},
    {"label no text",
     {.model = TARGET("classification", "{\"name\":\"y\",\"column\":1,\"labels\":[\"a\",2]}")},
     "label 2 is an integer, expected a string"},
    {"one label",
     {.model = TARGET("classification", "{\"name\":\"y\",\"column\":1,\"labels\":[\"a\"]}")},
     "found 1 label, expected 2 or more"},
    {"three labels, one output",
     {.model =
          TARGET("classification", "{\"name\":\"y\",\"column\":1,\"labels\":[\"a\",\"b\",\"c\"]}")},
     "the network has 1 outputs, expected 3, one for each label"},
    {"several targets without columns",
     {.model = TARGET("multilabel", "{\"labels\":[\"y\",\"z\"]}")},
     "\"columns\": found nothing"},
    {"several targets, one column",
     {.model = TARGET("multilabel", "{\"labels\":[\"y\",\"z\"],\"columns\":[1]}")},
     "found 1 target columns for 2 labels"},
    {"no targets at all",
     {.model = TARGET("multilabel", "{\"labels\":[],\"columns\":[]}")},
     "found 0 target columns for 0 labels"},
    {"several targets in a single one",
     {.model = TARGET("multilabel", MODEL_TARGET)},
     "\"labels\": found nothing"},
    {"target columns no array",
     {.model = TARGET("multilabel", "{\"labels\":[\"y\",\"z\"],\"columns\":2}")},
     "\"columns\": found an integer"},
    {"target column no number",
     {.model = TARGET("multilabel", "{\"labels\":[\"y\",\"z\"],\"columns\":[1,\"2\"]}")},
     "the place of target column 2 is no whole number from 0"},
    {"target column below 0",
     {.model = TARGET("multilabel", "{\"labels\":[\"y\",\"z\"],\"columns\":[-1,1]}")},
     "the place of target column 1 is no whole number from 0"},
    {"target column in parts",
     {.model = TARGET("multilabel", "{\"labels\":[\"y\",\"z\"],\"columns\":[1.5,1]}")},
     "the place of target column 1 is no whole number from 0"},
    {"label of several no text",
     {.model = TARGET("multilabel", "{\"labels\":[\"y\",null],\"columns\":[1,2]}")},
     "label 2 is null, expected a string"},
    {"one of several targets",
     {.model = TARGET("multilabel", "{\"labels\":[\"y\"],\"columns\":[1]}")},
     "found 1 label, expected 2 or more"},
    {"weight no text",
     {.model = "{\"network\":\"1-1:linear\",\"loss\":\"half_squared\",\"task\":\"regression\","
               "\"named\":true,\"columns\":2,\"inputs\":" MODEL_INPUTS ",\"target\":" MODEL_TARGET
               ",\"weight\":3}"},
     "\"weight\": found an integer"},
    {"no labels", {.model = TARGET("classification", MODEL_TARGET)}, "\"labels\": found nothing"},
};

static void test_wrong_descriptions(void **state) {
  (void)state;
  check_cases(description_cases, sizeof description_cases / sizeof *description_cases);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_wrong_descriptions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
