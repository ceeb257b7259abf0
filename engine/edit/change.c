#include "edit/change.h"

#include "base/error.h"
#include "base/vector.h"
#include "edit/markup.h"
#include "kb/findings.h"
#include "kb/limits.h"
#include "kb/values.h"

/* ---- Splices ---- */

bool lk_splice_add(lk_edit *edit, size_t file, size_t start, size_t end, lk_view text) {
  lk_splice splice = {file, start, end, edit->splices.count, lk_arena_copy(edit->changes, text)};
  if (!splice.text.ptr) return false;
  for (size_t i = 0; start < end && i < edit->splices.count; i++) {
    lk_splice *old = &edit->splices.items[i];
    if (old->file != file || old->start != start || old->end != end) continue;
    old->text = splice.text;
    return true;
  }
  return LK_PUSH(&edit->splices, splice);
}

int lk_line_at(const lk_draft_file *file, size_t byte) {
  int line = 1;
  for (size_t i = 0; i < byte && i < file->text.len; i++) line += file->text.ptr[i] == '\n';
  return line;
}

lk_code lk_take_name(lk_edit *edit, lk_view name) {
  size_t before = lk_map_count(edit->added);
  if (!lk_map_put(edit->added, name, 1)) return LK_ERR_MEMORY;
  return lk_map_count(edit->added) == before ? LK_ERR_STATE : LK_OK;
}

/* ---- Places ---- */

/* Behind the comments that follow an element on its line: they are about it. */
static size_t behind_comments(lk_view text, size_t end) {
  for (size_t at = end; at < text.len;) {
    if (text.ptr[at] == ' ' || text.ptr[at] == '\t' || text.ptr[at] == '\r') {
      at++;
    } else if (text.ptr[at] == '\n') {
      return at && text.ptr[at - 1] == '\r' ? at - 1 : at;
    } else if (text.len - at >= 4 && memcmp(text.ptr + at, "<!--", 4) == 0) {
      const char *close = memmem(text.ptr + at, text.len - at, "-->", 3);
      if (!close || memchr(text.ptr + at, '\n', (size_t)(close - text.ptr) - at)) return end;
      at = (size_t)(close - text.ptr) + 3;
    } else {
      return end;
    }
  }
  return end;
}

static bool place_lines(lk_edit *edit, size_t file, size_t at, lk_view lines, lk_view indent, bool broken, bool closing) {
  const lk_draft_file *f = &edit->files.items[file];
  lk_buffer text = {0};
  if (broken) lk_buffer_adds(&text, f->newline);
  if (broken) lk_buffer_add(&text, indent);
  lk_markup_place(&text, lines, indent, f->newline);
  if (closing) lk_buffer_adds(&text, f->newline);
  bool good = !text.failed && lk_splice_add(edit, file, at, at, lk_buffer_view(&text));
  lk_buffer_free(&text);
  return good;
}

bool lk_insert_behind(lk_edit *edit, size_t file, size_t mark, lk_view lines) {
  const lk_draft_file *f = &edit->files.items[file];
  const lk_mark *m = &f->marks.items[mark];
  lk_view indent = lk_mark_indent(&f->marks, m);
  size_t at = indent.ptr ? behind_comments(f->text, m->end) : m->end;
  return place_lines(edit, file, at, lines, indent.ptr ? indent : (lk_view){"", 0}, indent.ptr != NULL, false);
}

lk_code lk_insert_into(lk_edit *edit, size_t file, size_t parent, const char *name, lk_view lines, lk_error *err) {
  const lk_draft_file *f = &edit->files.items[file];
  const lk_mark *p = &f->marks.items[parent];
  size_t last = name ? lk_mark_last_child(&f->marks, parent, name) : SIZE_MAX;
  if (last == SIZE_MAX) last = lk_mark_last_child(&f->marks, parent, NULL);
  if (last != SIZE_MAX) return lk_insert_behind(edit, file, last, lines) ? LK_OK : lk_fail_memory(err);
  if (p->close == p->open_end && p->end == p->open_end)
    return lk_fail_at(err, LK_ERR_INPUT, f->path, lk_line_at(f, p->start),
                      "<%.*s/> closes itself, so nothing can be put into it; write <%.*s> and </%.*s> on lines of their own",
                      LK_FMT(p->name), LK_FMT(p->name), LK_FMT(p->name));
  lk_view outer = lk_mark_indent(&f->marks, p);
  lk_buffer indent = {0};
  lk_buffer_add(&indent, outer.ptr ? outer : (lk_view){"", 0});
  lk_buffer_adds(&indent, "  ");
  bool closing = !memchr(f->text.ptr + p->open_end, '\n', p->close - p->open_end);
  bool good = !indent.failed && place_lines(edit, file, p->open_end, lines, lk_buffer_view(&indent), true, closing);
  lk_buffer_free(&indent);
  return good ? LK_OK : lk_fail_memory(err);
}

/* ---- Variants ---- */

static lk_code fail_missing(lk_view id, lk_lang lang, lk_error *err) {
  return lk_fail(err, LK_ERR_MISSING, "there is no entry %.*s in %s; name one that the knowledge base has",
                 LK_FMT(lk_excerpt(id, 80)), lk_lang_code(lang));
}

/* A text of one line as the loader would read it, in the arena of changes; ptr NULL when memory is out. */
static lk_view one_line(lk_edit *edit, lk_view text) {
  lk_buffer folded = {0};
  for (size_t i = 0; i < text.len; i++) {
    bool space = lk_is_space(text.ptr[i]);
    if (!space)
      lk_buffer_addc(&folded, text.ptr[i]);
    else if (folded.len && folded.ptr[folded.len - 1] != ' ')
      lk_buffer_addc(&folded, ' ');
  }
  lk_view copy = folded.failed ? (lk_view){NULL, 0} : lk_arena_copy(edit->changes, lk_trim(lk_buffer_view(&folded)));
  lk_buffer_free(&folded);
  return copy;
}

static bool has_phrasing(const lk_entry *entry, lk_view text) {
  for (size_t i = 0; i < entry->phrasing_count; i++)
    if (lk_view_eq(entry->phrasings[i].text, text)) return true;
  return false;
}

static lk_code take_variant(lk_edit *edit, lk_view id, lk_lang lang, lk_view text) {
  lk_buffer key = {0};
  lk_buffer_addf(&key, "variant %s:%.*s ", lk_lang_code(lang), LK_FMT(id));
  lk_buffer_add(&key, text);
  lk_code code = key.failed ? LK_ERR_MEMORY : lk_take_name(edit, lk_buffer_view(&key));
  lk_buffer_free(&key);
  return code;
}

lk_code lk_edit_add_variant(lk_edit *edit, lk_view id, lk_lang lang, lk_view text, lk_error *err) {
  const lk_place *place = lk_edit_find(edit, id, lang);
  if (!place) return fail_missing(id, lang, err);
  lk_view line = one_line(edit, text);
  if (!line.ptr) return lk_fail_memory(err);
  if (!line.len) return lk_fail(err, LK_ERR_INPUT, "a variant of %.*s has no text; write one", LK_FMT(id));
  lk_code code = has_phrasing(lk_kb_entry(edit->kb, id, lang), line) ? LK_ERR_STATE : take_variant(edit, id, lang, line);
  if (code == LK_ERR_STATE)
    return lk_fail(err, code, "%.*s has the phrasing \"%.*s\" already; leave it out", LK_FMT(id), LK_FMT(lk_excerpt(line, 80)));
  if (code) return lk_fail_memory(err);
  const lk_marks *marks = &edit->files.items[place->file].marks;
  size_t at = lk_mark_last_child(marks, place->mark, "variant");
  if (at == SIZE_MAX) at = lk_mark_last_child(marks, place->mark, "question");
  lk_buffer lines = {0};
  lk_markup_line(&lines, "variant", line);
  bool good = !lines.failed && lk_insert_behind(edit, place->file, at, lk_buffer_view(&lines));
  lk_buffer_free(&lines);
  edit->changed += good;
  return good ? LK_OK : lk_fail_memory(err);
}

/* ---- Articles ---- */

static lk_code check_draft(const lk_article_draft *draft, lk_error *err) {
  const char *missing = NULL;
  if (!lk_is_id(draft->id) || draft->id.len > LK_LIMIT_ID_CHARACTERS) missing = "id";
  if (!lk_is_id(draft->category)) missing = "category";
  if (!lk_trim(draft->question).len) missing = "question";
  if (!draft->answer_count) missing = "answer";
  if (draft->lang < 0 || draft->lang >= LK_LANG_COUNT) missing = "language";
  if (missing)
    return lk_fail(err, LK_ERR_INPUT, "an article to be added (\"%.*s\") has no good %s; give it one",
                   LK_FMT(lk_excerpt(draft->question, 80)), missing);
  return LK_OK;
}

static lk_code take_id(lk_edit *edit, const char *what, lk_view id, lk_lang lang, lk_error *err) {
  lk_buffer key = {0};
  lk_buffer_addf(&key, "%s %s:%.*s", what, lk_lang_code(lang), LK_FMT(id));
  lk_code code = key.failed ? LK_ERR_MEMORY : lk_take_name(edit, lk_buffer_view(&key));
  lk_buffer_free(&key);
  if (code == LK_ERR_STATE)
    return lk_fail(err, code, "the %s %.*s is there already in %s; choose another id", what, LK_FMT(id), lk_lang_code(lang));
  return code ? lk_fail_memory(err) : LK_OK;
}

/* The last article of this category (empty: of any) in this language. */
static const lk_place *last_article(const lk_edit *edit, lk_view category, lk_lang lang) {
  const lk_place *last = NULL;
  for (size_t i = 0; i < edit->places.count; i++) {
    const lk_place *place = &edit->places.items[i];
    const lk_marks *marks = &edit->files.items[place->file].marks;
    const lk_mark *mark = &marks->items[place->mark];
    if (mark->lang != lang || !lk_mark_is(mark, "article")) continue;
    if (!category.len || lk_view_eq(lk_mark_attribute(marks, mark, "category"), category)) last = place;
  }
  return last;
}

static lk_code insert_article(lk_edit *edit, const lk_article_draft *draft, size_t file, size_t behind, lk_error *err) {
  lk_buffer lines = {0};
  lk_markup_article(&lines, draft, edit->files.items[file].marks.items[0].lang != draft->lang);
  lk_code code = lines.failed ? lk_fail_memory(err) : LK_OK;
  if (!code && behind == SIZE_MAX)
    code = lk_insert_into(edit, file, 0, NULL, lk_buffer_view(&lines), err);
  else if (!code && !lk_insert_behind(edit, file, behind, lk_buffer_view(&lines)))
    code = lk_fail_memory(err);
  lk_buffer_free(&lines);
  edit->changed += !code;
  return code;
}

lk_code lk_edit_add_article(lk_edit *edit, const lk_article_draft *draft, const char *path, lk_error *err) {
  lk_code code = check_draft(draft, err);
  if (code) return code;
  if (lk_edit_find(edit, draft->id, draft->lang))
    return lk_fail(err, LK_ERR_STATE, "there is an entry %.*s in %s already; choose another id", LK_FMT(draft->id),
                   lk_lang_code(draft->lang));
  size_t file = SIZE_MAX, behind = SIZE_MAX;
  if (path) {
    file = lk_edit_file_at(edit, path, draft->lang, err);
    if (file == SIZE_MAX) return err ? err->code : LK_ERR_INPUT;
  } else {
    const lk_place *place = last_article(edit, draft->category, draft->lang);
    if (!place) place = last_article(edit, (lk_view){"", 0}, draft->lang);
    if (!place)
      return lk_fail(err, LK_ERR_MISSING, "there is no article in %s behind which to put %.*s; name a file",
                     lk_lang_code(draft->lang), LK_FMT(draft->id));
    file = place->file;
    behind = place->mark;
  }
  code = take_id(edit, "article", draft->id, draft->lang, err);
  return code ? code : insert_article(edit, draft, file, behind, err);
}

lk_code lk_edit_add_category(lk_edit *edit, lk_view id, lk_lang lang, lk_view title, const char *path, lk_error *err) {
  const lk_category *known = lk_kb_category(edit->kb, id, lang);
  if (!lk_is_id(id) || id.len > LK_LIMIT_ID_CHARACTERS || !lk_trim(title).len)
    return lk_fail(err, LK_ERR_INPUT, "a category \"%.*s\" to be added needs an id and a title; give it both",
                   LK_FMT(lk_excerpt(id, 80)));
  if (known && known->lang == lang)
    return lk_fail(err, LK_ERR_STATE, "the category %.*s is there already in %s; choose another id", LK_FMT(id),
                   lk_lang_code(lang));
  size_t file = lk_edit_file_at(edit, path, lang, err);
  if (file == SIZE_MAX) return err ? err->code : LK_ERR_INPUT;
  lk_code code = take_id(edit, "category", id, lang, err);
  if (code) return code;
  lk_buffer lines = {0};
  lk_buffer_adds(&lines, "<category");
  lk_markup_attribute(&lines, "id", id);
  if (edit->files.items[file].marks.items[0].lang != lang)
    lk_markup_attribute(&lines, "xml:lang", lk_view_of(lk_lang_code(lang)));
  lk_buffer_addc(&lines, '>');
  lk_markup_line(&lines, "title", title);
  lk_buffer_adds(&lines, "</category>");
  code = lines.failed ? lk_fail_memory(err) : lk_insert_into(edit, file, 0, NULL, lk_buffer_view(&lines), err);
  lk_buffer_free(&lines);
  edit->changed += !code;
  return code;
}

/* ---- Updating ---- */

static bool same_nodes(const lk_node *a, size_t a_count, const lk_node *b, size_t b_count) {
  if (a_count != b_count) return false;
  for (size_t i = 0; i < a_count; i++)
    if (a[i].kind != b[i].kind || a[i].end != b[i].end || !lk_view_eq(a[i].text, b[i].text)) return false;
  return true;
}

static bool replace_question(lk_edit *edit, const lk_place *place, lk_view question) {
  const lk_marks *marks = &edit->files.items[place->file].marks;
  const lk_mark *mark = &marks->items[lk_mark_child(marks, place->mark, "question", SIZE_MAX)];
  lk_buffer text = {0};
  lk_markup_text(&text, question);
  bool good = !text.failed && lk_splice_add(edit, place->file, mark->open_end, mark->close, lk_buffer_view(&text));
  lk_buffer_free(&text);
  return good;
}

/* An editor's comments within the old answer, each on a line of its own. */
static void keep_comments(lk_buffer *out, lk_view inner) {
  for (size_t at = 0; at < inner.len;) {
    const char *open = memmem(inner.ptr + at, inner.len - at, "<!--", 4);
    const char *close = open ? memmem(open, (size_t)(inner.ptr + inner.len - open), "-->", 3) : NULL;
    if (!close) return;
    lk_buffer_adds(out, "  ");
    lk_buffer_add(out, (lk_view){open, (size_t)(close + 3 - open)});
    lk_buffer_addc(out, '\n');
    at = (size_t)(close + 3 - inner.ptr);
  }
}

static bool replace_answer(lk_edit *edit, const lk_place *place, const lk_article_draft *draft) {
  const lk_draft_file *file = &edit->files.items[place->file];
  const lk_mark *mark = &file->marks.items[lk_mark_child(&file->marks, place->mark, "answer", SIZE_MAX)];
  lk_view indent = lk_mark_indent(&file->marks, mark);
  lk_buffer lines = {0}, text = {0};
  lk_buffer_addc(&lines, '\n');
  keep_comments(&lines, (lk_view){file->text.ptr + mark->open_end, mark->close - mark->open_end});
  lk_markup_blocks(&lines, draft->answer, draft->answer_count, 1);
  lk_markup_place(&text, lk_buffer_view(&lines), indent.ptr ? indent : (lk_view){"", 0}, file->newline);
  if (indent.ptr) lk_buffer_add(&text, indent);
  bool good =
      !lines.failed && !text.failed && lk_splice_add(edit, place->file, mark->open_end, mark->close, lk_buffer_view(&text));
  lk_buffer_free(&lines);
  lk_buffer_free(&text);
  return good;
}

/* `attribute` is ` name="value"`. */
static bool replace_attribute(lk_edit *edit, const lk_place *place, const char *name, const lk_buffer *attribute) {
  const lk_draft_file *file = &edit->files.items[place->file];
  const lk_mark *mark = &file->marks.items[place->mark];
  lk_view old = lk_mark_attribute(&file->marks, mark, name), new = lk_buffer_view(attribute);
  if (attribute->failed) return false;
  if (!old.ptr) return lk_splice_add(edit, place->file, mark->open_end - 1, mark->open_end - 1, new);
  size_t start = (size_t)(old.ptr - file->text.ptr), skip = strlen(name) + 3;
  new = (lk_view){new.ptr + skip, new.len - skip - 1};
  if (!old.len) return lk_splice_add(edit, place->file, start, start, new);
  return lk_splice_add(edit, place->file, start, start + old.len, new);
}

static bool replace_attributes(lk_edit *edit, const lk_place *place, const lk_entry *entry, const lk_article_draft *draft,
                               bool *any) {
  lk_buffer text = {0};
  bool good = true;
  if (draft->source.len && !lk_view_eq(draft->source, entry->source)) {
    lk_markup_attribute(&text, "source", draft->source);
    good = replace_attribute(edit, place, "source", &text);
    *any = true;
  }
  lk_buffer_clear(&text);
  if (good && lk_date_given(draft->updated) && lk_date_compare(draft->updated, entry->updated) != 0) {
    lk_markup_date(&text, "updated", draft->updated);
    good = replace_attribute(edit, place, "updated", &text);
    *any = true;
  }
  lk_buffer_free(&text);
  return good;
}

lk_code lk_edit_update_article(lk_edit *edit, const lk_article_draft *draft, bool *changed, lk_error *err) {
  const lk_place *place = lk_edit_find(edit, draft->id, draft->lang);
  const lk_entry *entry = place ? lk_kb_entry(edit->kb, draft->id, draft->lang) : NULL;
  bool any = false, good = true;
  if (changed) *changed = false;
  if (!entry) return fail_missing(draft->id, draft->lang, err);
  if (entry->kind != LK_ENTRY_ARTICLE)
    return lk_fail_at(err, LK_ERR_INPUT, entry->file, entry->line, "%.*s is no article; edit it by hand", LK_FMT(draft->id));
  lk_view question = one_line(edit, draft->question);
  if (!question.ptr) return lk_fail_memory(err);
  if (question.len && !lk_view_eq(question, entry->phrasings[0].text)) good = any = replace_question(edit, place, question);
  if (good && draft->answer_count &&
      !same_nodes(draft->answer, draft->answer_count, entry->answers[0].nodes, entry->answers[0].count))
    good = any = replace_answer(edit, place, draft);
  good = good && replace_attributes(edit, place, entry, draft, &any);
  if (!good) return lk_fail_memory(err);
  edit->changed += any;
  if (changed) *changed = any;
  return LK_OK;
}
