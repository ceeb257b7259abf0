#include "text/background.h"

#include "text/data.h"

/* Where the line begins that the byte at `at` is in. */
static size_t line_start(lk_view file, size_t at) {
  while (at > 0 && file.ptr[at - 1] != '\n') at--;
  return at;
}

static lk_view line_at(lk_view file, size_t start) {
  const char *end = memchr(file.ptr + start, '\n', file.len - start);
  return (lk_view){file.ptr + start, end ? (size_t)(end - file.ptr) - start : file.len - start};
}

static lk_view lemma_of(lk_view line) {
  const char *tab = memchr(line.ptr, '\t', line.len);
  return (lk_view){line.ptr, tab ? (size_t)(tab - line.ptr) : line.len};
}

static double value_of(lk_view line, size_t lemma) {
  unsigned hundredths = 0;
  for (size_t i = lemma + 1; i < line.len; i++) hundredths = hundredths * 10 + (unsigned)(line.ptr[i] - '0');
  return hundredths / 100.0;
}

static int compare(lk_view a, lk_view b) {
  int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Binary search over the lines, as they lie in the program: a dozen steps, no memory, nothing to build at start. Comments, at the head of the file, come
 * before every lemma in the order of bytes. */
double lk_background_information(lk_lang lang, lk_view lemma) {
  lk_view file = lk_data_background(lang);
  size_t low = 0, high = file.len;
  while (low < high) {
    size_t start = line_start(file, low + (high - low) / 2);
    lk_view line = line_at(file, start), here = lemma_of(line);
    int order = compare(here, lemma);
    if (order == 0) return value_of(line, here.len);
    if (order < 0)
      low = start + line.len + 1;
    else
      high = start;
  }
  return LK_RARE_INFORMATION;
}

double lk_word_information(lk_lang lang, const lk_word *word) {
  double lemma = LK_RARE_INFORMATION, part = 0;
  for (size_t t = 0; t < word->term_count; t++) {
    const lk_term *term = &word->terms[t];
    if (term->kind != LK_TERM_LEMMA && term->kind != LK_TERM_PART) continue;
    double information = lk_background_information(lang, term->text);
    if (term->kind == LK_TERM_LEMMA && information < lemma) lemma = information;
    if (term->kind == LK_TERM_PART && information > part) part = information;
  }
  return lemma < LK_RARE_INFORMATION || part <= 0 ? lemma : part;
}
