/* Words for the lexicon: into the row that is there for them, or into a new one. */
#include "base/error.h"
#include "edit/change.h"
#include "edit/markup.h"
#include "kb/findings.h"
#include "kb/values.h"

static const char *const tags[] = {
    [LK_LEXICON_SET] = "set", [LK_LEXICON_MAP] = "map", [LK_LEXICON_SPOKEN] = "spoken", [LK_LEXICON_NAME] = "name"};

static bool has_attributes(lk_lexicon_kind kind) { return kind == LK_LEXICON_MAP || kind == LK_LEXICON_SPOKEN; }

static lk_code check_word(lk_view word, lk_error *err) {
  if (lk_trim(word).len && !memchr(word.ptr, ',', word.len)) return LK_OK;
  return lk_fail(err, LK_ERR_INPUT, "\"%.*s\" is no word for the lexicon; give single words or phrases without commas",
                 LK_FMT(lk_excerpt(word, 80)));
}

static lk_code check_draft(const lk_lexicon_draft *d, lk_error *err) {
  bool set = d->kind == LK_LEXICON_SET;
  lk_code code = d->word_count ? LK_OK : lk_fail(err, LK_ERR_INPUT, "no words for the lexicon were given; give at least one");
  if (!code && set != !lk_trim(d->from).len)
    code = lk_fail(err, LK_ERR_INPUT, "a <%s> %s; give it so", tags[d->kind],
                   set ? "has words only" : "says for which word it stands");
  if (!code && !set) code = check_word(d->from, err);
  for (size_t i = 0; !code && i < d->word_count; i++) code = check_word(d->words[i], err);
  return code;
}

/* ---- Rows ---- */

typedef struct row {
  size_t file, mark;
  lk_view from, words; /* as they are written */
} row;

/* As it would be written, for comparing. */
static bool is_written(lk_view piece, lk_view word) {
  lk_buffer text = {0};
  lk_markup_text(&text, word);
  bool same = !text.failed && lk_view_eq(piece, lk_buffer_view(&text));
  lk_buffer_free(&text);
  return same;
}

static bool lists(lk_view words, lk_view word) {
  for (lk_view piece; lk_next_piece(&words, ',', &piece);)
    if (is_written(piece, word)) return true;
  return false;
}

static lk_view first_piece(lk_view words) {
  lk_view piece = {"", 0};
  (void)lk_next_piece(&words, ',', &piece);
  return piece;
}

static bool read_row(const lk_edit *edit, size_t file, size_t mark, lk_lexicon_kind kind, row *out) {
  const lk_marks *marks = &edit->files.items[file].marks;
  const lk_mark *m = &marks->items[mark];
  *out = (row){.file = file, .mark = mark, .from = {"", 0}};
  if (has_attributes(kind)) {
    out->from = lk_trim(lk_mark_attribute(marks, m, "from"));
    out->words = lk_trim(lk_mark_attribute(marks, m, "to"));
    return out->words.ptr != NULL;
  }
  out->words = lk_trim((lk_view){marks->text.ptr + m->open_end, m->close - m->open_end});
  return !memchr(out->words.ptr, '<', out->words.len); /* a comment among the words */
}

/* Is this the row that the words belong to? */
static bool fits(const row *r, const lk_lexicon_draft *d) {
  if (d->kind == LK_LEXICON_SET) return lists(r->words, d->words[0]);
  if (d->kind == LK_LEXICON_NAME) return is_written(first_piece(r->words), d->from);
  return is_written(r->from, d->from);
}

/* Calls for every row of this kind and language; the last lexicon and its file are noted on the way. */
static bool find_row(const lk_edit *edit, const lk_lexicon_draft *d, row *out, lk_place *lexicon) {
  lexicon->mark = UINT32_MAX;
  for (size_t f = 0; f < edit->files.count; f++) {
    const lk_marks *marks = &edit->files.items[f].marks;
    for (size_t at = lk_mark_child(marks, 0, "lexicon", SIZE_MAX); at != SIZE_MAX; at = lk_mark_child(marks, 0, "lexicon", at)) {
      if (marks->items[at].lang != d->lang) continue;
      *lexicon = (lk_place){(uint32_t)f, (uint32_t)at};
      for (size_t r = lk_mark_child(marks, at, tags[d->kind], SIZE_MAX); r != SIZE_MAX;
           r = lk_mark_child(marks, at, tags[d->kind], r))
        if (read_row(edit, f, r, d->kind, out) && fits(out, d)) return true;
    }
  }
  return false;
}

/* ---- Adding ---- */

static lk_code take_word(lk_edit *edit, const row *r, lk_view word) {
  lk_buffer key = {0};
  lk_buffer_addf(&key, "word %zu:%zu ", r->file, r->mark);
  lk_buffer_add(&key, word);
  lk_code code = key.failed ? LK_ERR_MEMORY : lk_take_name(edit, lk_buffer_view(&key));
  lk_buffer_free(&key);
  return code;
}

static lk_code fail_known(const lk_lexicon_draft *d, lk_error *err) {
  return lk_fail(err, LK_ERR_STATE, "the lexicon has \"%.*s\" for this already; leave it out",
                 LK_FMT(lk_excerpt(d->words[0], 80)));
}

static lk_code extend(lk_edit *edit, const row *r, const lk_lexicon_draft *d, lk_error *err) {
  const lk_draft_file *file = &edit->files.items[r->file];
  lk_buffer text = {0};
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < d->word_count; i++) {
    if (lists(r->words, d->words[i])) continue;
    code = take_word(edit, r, d->words[i]);
    if (code == LK_ERR_STATE) {
      code = LK_OK;
      continue;
    }
    lk_buffer_adds(&text, ", ");
    lk_markup_text(&text, lk_trim(d->words[i]));
  }
  size_t end = (size_t)(r->words.ptr - file->text.ptr) + r->words.len;
  bool any = text.len > 0,
       good = !code && !text.failed && (!any || lk_splice_add(edit, r->file, end, end, lk_buffer_view(&text)));
  lk_buffer_free(&text);
  if (!good) return lk_fail_memory(err);
  edit->changed += any;
  return any ? LK_OK : fail_known(d, err);
}

static void write_words(lk_buffer *out, const lk_lexicon_draft *d) {
  for (size_t i = 0; i < d->word_count; i++) {
    if (i) lk_buffer_adds(out, ", ");
    lk_markup_text(out, lk_trim(d->words[i]));
  }
}

static void write_row(lk_buffer *out, const lk_lexicon_draft *d) {
  lk_buffer words = {0};
  if (has_attributes(d->kind)) {
    for (size_t i = 0; i < d->word_count; i++) {
      if (i) lk_buffer_adds(&words, ", ");
      lk_buffer_add(&words, lk_trim(d->words[i]));
    }
    lk_buffer_addf(out, "<%s", tags[d->kind]);
    lk_markup_attribute(out, "from", d->from);
    lk_markup_attribute(out, "to", lk_buffer_view(&words));
    lk_buffer_adds(out, "/>");
  } else {
    lk_buffer_addf(out, "<%s>", tags[d->kind]);
    lk_markup_text(out, d->from);
    if (d->from.len) lk_buffer_adds(out, ", ");
    write_words(out, d);
    lk_buffer_addf(out, "</%s>", tags[d->kind]);
  }
  out->failed = out->failed || words.failed;
  lk_buffer_free(&words);
}

/* Into the last lexicon of the language, or a new one at the end of a file in it. */
static lk_code add_row(lk_edit *edit, const lk_lexicon_draft *d, lk_place lexicon, lk_error *err) {
  lk_buffer line = {0}, lines = {0};
  size_t file = lexicon.file;
  write_row(&line, d);
  lk_code code = line.failed ? lk_fail_memory(err) : LK_OK;
  if (!code && lexicon.mark != UINT32_MAX) {
    code = lk_insert_into(edit, file, lexicon.mark, tags[d->kind], lk_buffer_view(&line), err);
  } else if (!code) {
    for (file = 0; file < edit->files.count && edit->files.items[file].marks.items[0].lang != d->lang; file++) {
    }
    lk_buffer_addf(&lines, "<lexicon>\n  %s\n</lexicon>", lk_buffer_view(&line).ptr);
    if (file == edit->files.count)
      code = lk_fail(err, LK_ERR_MISSING, "there is no file in %s for a lexicon; make one with <kb … xml:lang=\"%s\">",
                     lk_lang_code(d->lang), lk_lang_code(d->lang));
    else
      code = lines.failed ? lk_fail_memory(err) : lk_insert_into(edit, file, 0, NULL, lk_buffer_view(&lines), err);
  }
  lk_buffer_free(&line);
  lk_buffer_free(&lines);
  edit->changed += !code;
  return code;
}

static lk_code take_row(lk_edit *edit, const lk_lexicon_draft *d) {
  lk_buffer key = {0};
  lk_buffer_addf(&key, "row %s ", lk_lang_code(d->lang));
  write_row(&key, d);
  lk_code code = key.failed ? LK_ERR_MEMORY : lk_take_name(edit, lk_buffer_view(&key));
  lk_buffer_free(&key);
  return code;
}

lk_code lk_edit_add_words(lk_edit *edit, const lk_lexicon_draft *draft, lk_error *err) {
  row found;
  lk_place lexicon = {0};
  lk_code code = check_draft(draft, err);
  if (code) return code;
  if (find_row(edit, draft, &found, &lexicon)) {
    if (draft->kind != LK_LEXICON_SPOKEN) return extend(edit, &found, draft, err);
    return lk_fail(err, LK_ERR_STATE, "the lexicon has \"%.*s\" already, for \"%.*s\"; change it by hand", LK_FMT(draft->from),
                   LK_FMT(lk_excerpt(found.words, 80)));
  }
  if (draft->kind == LK_LEXICON_SET && draft->word_count < 2)
    return lk_fail(err, LK_ERR_INPUT, "a set of one word (\"%.*s\") has no effect; give its synonyms",
                   LK_FMT(lk_excerpt(draft->words[0], 80)));
  code = take_row(edit, draft);
  if (code == LK_ERR_STATE) return fail_known(draft, err);
  return code ? lk_fail_memory(err) : add_row(edit, draft, lexicon, err);
}
