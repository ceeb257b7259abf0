/* What the tests of this folder share. */
#ifndef LK_TEST_KB_SUPPORT_H
#define LK_TEST_KB_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luukku/kb.h"

#define FIXTURES LK_SOURCE_DIR "/tests/unit/kb/fixtures"
#define HEAD "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">"
#define ARTICLE(id, question, answer) \
  "<article id=\"" id "\" category=\"c\"><question>" question "</question><answer>" answer "</answer></article>"
#define CATEGORY "<category id=\"c\"><title>C</title></category>"

/* A whole file; free() it. */
static inline char *read_file(const char *path, size_t *len) {
  FILE *in = fopen(path, "rb");
  if (!in) fail_msg("%s can't be opened", path);
  char *text = malloc(8 << 20);
  assert_non_null(text);
  *len = fread(text, 1, (8 << 20) - 1, in);
  text[*len] = '\0';
  (void)fclose(in);
  return text;
}

static inline lk_kb *load_text(const char *text, lk_findings *findings) {
  lk_source source = {"test.xml", lk_view_of(text)};
  return lk_kb_load_sources(&source, 1, findings, NULL);
}

/* Loads what must be good. */
static inline lk_kb *load_good(const char *text) {
  lk_source source = {"test.xml", lk_view_of(text)};
  lk_error err = {0};
  lk_kb *kb = lk_kb_load_sources(&source, 1, NULL, &err);
  if (!kb) fail_msg("%s:%d: %s", err.file, err.line, err.message);
  return kb;
}

static inline const lk_finding *find_code(const lk_findings *findings, const char *code) {
  for (size_t i = 0; i < lk_findings_count(findings); i++)
    if (strcmp(lk_findings_at(findings, i)->code, code) == 0) return lk_findings_at(findings, i);
  return NULL;
}

#endif
