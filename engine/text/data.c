#include "text/data.h"

/* The assembler puts each file into the read-only section: no copy at start, no generated source. */
#define EMBED(name, path)                                                                                              \
  __asm__(                                                                                                             \
      ".pushsection .rodata\n"                                                                                         \
      ".global lk_file_" #name "\n.hidden lk_file_" #name "\nlk_file_" #name                                           \
      ":\n"                                                                                                            \
      ".incbin \"" LK_TEXT_DATA "/" path                                                                               \
      "\"\n"                                                                                                           \
      ".global lk_file_" #name "_end\n.hidden lk_file_" #name "_end\nlk_file_" #name "_end:\n.byte 0\n.popsection\n"); \
  extern const char lk_file_##name[], lk_file_##name##_end[]

EMBED(abbreviations, "abbreviations.tsv");
EMBED(names, "names.tsv");
EMBED(fi_background, "fi/background.tsv");
EMBED(sv_background, "sv/background.tsv");
EMBED(en_background, "en/background.tsv");
EMBED(fi_spoken, "fi/spoken.tsv");
EMBED(fi_stop, "fi/stop.tsv");
EMBED(fi_derived, "fi/derived.tsv");
EMBED(fi_endings, "fi/endings.tsv");
EMBED(fi_irregular, "fi/irregular.tsv");
EMBED(fi_rather, "fi/rather.tsv");
EMBED(fi_common, "fi/common.tsv");
EMBED(fi_trigrams, "fi/trigrams.tsv");
EMBED(sv_spoken, "sv/spoken.tsv");
EMBED(sv_stop, "sv/stop.tsv");
EMBED(sv_derived, "sv/derived.tsv");
EMBED(sv_irregular, "sv/irregular.tsv");
EMBED(sv_common, "sv/common.tsv");
EMBED(sv_trigrams, "sv/trigrams.tsv");
EMBED(en_spoken, "en/spoken.tsv");
EMBED(en_stop, "en/stop.tsv");
EMBED(en_derived, "en/derived.tsv");
EMBED(en_irregular, "en/irregular.tsv");
EMBED(en_common, "en/common.tsv");
EMBED(en_trigrams, "en/trigrams.tsv");

typedef struct extent {
  const char *begin, *end;
} extent;

#define FILE_OF(name) \
  { lk_file_##name, lk_file_##name##_end }

static const extent files[LK_LANG_COUNT][LK_DATA_FILE_COUNT] = {
    [LK_LANG_FI] = {[LK_DATA_SPOKEN] = FILE_OF(fi_spoken),
                    [LK_DATA_STOP] = FILE_OF(fi_stop),
                    [LK_DATA_DERIVED] = FILE_OF(fi_derived),
                    [LK_DATA_ENDINGS] = FILE_OF(fi_endings),
                    [LK_DATA_IRREGULAR] = FILE_OF(fi_irregular),
                    [LK_DATA_RATHER] = FILE_OF(fi_rather),
                    [LK_DATA_COMMON] = FILE_OF(fi_common),
                    [LK_DATA_TRIGRAMS] = FILE_OF(fi_trigrams)},
    [LK_LANG_SV] = {[LK_DATA_SPOKEN] = FILE_OF(sv_spoken),
                    [LK_DATA_STOP] = FILE_OF(sv_stop),
                    [LK_DATA_DERIVED] = FILE_OF(sv_derived),
                    [LK_DATA_IRREGULAR] = FILE_OF(sv_irregular),
                    [LK_DATA_COMMON] = FILE_OF(sv_common),
                    [LK_DATA_TRIGRAMS] = FILE_OF(sv_trigrams)},
    [LK_LANG_EN] = {[LK_DATA_SPOKEN] = FILE_OF(en_spoken),
                    [LK_DATA_STOP] = FILE_OF(en_stop),
                    [LK_DATA_DERIVED] = FILE_OF(en_derived),
                    [LK_DATA_IRREGULAR] = FILE_OF(en_irregular),
                    [LK_DATA_COMMON] = FILE_OF(en_common),
                    [LK_DATA_TRIGRAMS] = FILE_OF(en_trigrams)},
};

static lk_view view_of(extent e) { return e.begin ? (lk_view){e.begin, (size_t)(e.end - e.begin)} : LK_LIT(""); }

lk_view lk_data_text(lk_lang lang, lk_data_file file) { return view_of(files[lang][file]); }

lk_view lk_data_background(lk_lang lang) {
  static const extent background[LK_LANG_COUNT] = {
      [LK_LANG_FI] = FILE_OF(fi_background), [LK_LANG_SV] = FILE_OF(sv_background), [LK_LANG_EN] = FILE_OF(en_background)};
  return view_of(background[lang]);
}

lk_view lk_data_abbreviations(void) { return view_of((extent)FILE_OF(abbreviations)); }

lk_view lk_data_names(void) { return view_of((extent)FILE_OF(names)); }

static lk_view cut(lk_view *rest, char mark) {
  const char *found = rest->len ? memchr(rest->ptr, mark, rest->len) : NULL;
  lk_view head = {rest->ptr, found ? (size_t)(found - rest->ptr) : rest->len};
  size_t used = head.len + (found ? 1 : 0);
  *rest = (lk_view){rest->ptr + used, rest->len - used};
  return head;
}

bool lk_data_next(lk_view *rest, lk_view columns[LK_DATA_COLUMNS]) {
  while (rest->len) {
    lk_view line = cut(rest, '\n');
    if (!line.len || line.ptr[0] == '#') continue;
    for (int i = 0; i < LK_DATA_COLUMNS; i++) columns[i] = cut(&line, '\t');
    return true;
  }
  return false;
}
