/* A KB as an image (base/image.h): every structure of luukku/kb.h in the order of kb/model.h. */
#include "kb/walk.h"

#include <stdlib.h>

#include "base/error.h"
#include "kb/folder.h"
#include "kb/limits.h"
#include "kb/model.h"

/* Whoever adds a field with a pointer in it walks it below, and then corrects the size here. */
#define LK_WALKED(type, size) \
  _Static_assert(sizeof(void *) != 8 || sizeof(type) == (size), #type " has changed: walk what is new")
LK_WALKED(lk_entry, 248);
LK_WALKED(lk_answer, 56);
LK_WALKED(lk_slot, 56);
LK_WALKED(lk_message, 96);
LK_WALKED(lk_notice, 144);
LK_WALKED(lk_lexicon_row, 56);
LK_WALKED(lk_hours_row, 96);
LK_WALKED(lk_model, 88);

/* Each element of an array in turn; `at` is its place. */
#define FOR_EACH(type, at, pointer, count)                                                                                    \
  for (size_t at = lk_image_array(image, (pointer), (count), sizeof(type)), left_##at = (count); left_##at && !image->failed; \
       at += sizeof(type), left_##at--)
#define FIELD(type, at, name) ((at) + offsetof(type, name))

static void walk_phrasings(lk_image *image, size_t pointer, size_t count) {
  FOR_EACH(lk_phrasing, at, pointer, count) lk_image_view(image, FIELD(lk_phrasing, at, text));
}

static void walk_answer(lk_image *image, size_t answer) {
  size_t count = LK_AT(image, lk_answer, answer)->count, variables = LK_AT(image, lk_answer, answer)->variable_count;
  FOR_EACH(lk_node, at, FIELD(lk_answer, answer, nodes), count) {
    lk_image_view(image, FIELD(lk_node, at, text));
    if (!image->failed && LK_AT(image, lk_node, at)->end > count) image->failed = true;
  }
  if (!image->failed) lk_image_view(image, FIELD(lk_answer, answer, plain));
  if (!image->failed) lk_image_views(image, FIELD(lk_answer, answer, variables), variables);
}

static void walk_slots(lk_image *image, size_t pointer, size_t count) {
  FOR_EACH(lk_slot, at, pointer, count) {
    lk_image_view(image, FIELD(lk_slot, at, name));
    if (image->failed) return;
    lk_image_views(image, FIELD(lk_slot, at, types), LK_AT(image, lk_slot, at)->type_count);
    lk_image_view(image, FIELD(lk_slot, at, ask));
  }
}

static void walk_entry_parts(lk_image *image, size_t at) {
  lk_entry e = *LK_AT(image, lk_entry, at); /* its counts: the image may move */
  walk_phrasings(image, FIELD(lk_entry, at, phrasings), e.phrasing_count);
  if (!image->failed) walk_phrasings(image, FIELD(lk_entry, at, patterns), e.pattern_count);
  if (image->failed) return;
  FOR_EACH(lk_answer, answer, FIELD(lk_entry, at, answers), e.answer_count) walk_answer(image, answer);
  if (image->failed) return;
  lk_image_views(image, FIELD(lk_entry, at, see), e.see_count);
  if (!image->failed) (void)lk_image_array(image, FIELD(lk_entry, at, see_lines), e.see_count, sizeof(int));
  if (!image->failed) walk_slots(image, FIELD(lk_entry, at, slots), e.slot_count);
}

static void walk_entries(lk_image *image, size_t kb) {
  size_t count = LK_AT(image, lk_kb, kb)->entry_table.count;
  FOR_EACH(lk_entry, at, FIELD(lk_kb, kb, entries), count) {
    static const size_t views[] = {offsetof(lk_entry, id),       offsetof(lk_entry, category), offsetof(lk_entry, source),
                                   offsetof(lk_entry, keywords), offsetof(lk_entry, action),   offsetof(lk_entry, confirm)};
    if ((unsigned)LK_AT(image, lk_entry, at)->lang >= LK_LANG_COUNT) image->failed = true;
    for (size_t v = 0; v < sizeof views / sizeof *views && !image->failed; v++) lk_image_view(image, at + views[v]);
    if (!image->failed) lk_image_string(image, FIELD(lk_entry, at, file));
    if (!image->failed) walk_entry_parts(image, at);
  }
}

static void walk_messages(lk_image *image, size_t kb) {
  size_t count = LK_AT(image, lk_kb, kb)->message_table.count;
  FOR_EACH(lk_message, at, FIELD(lk_kb, kb, messages), count) {
    lk_image_view(image, FIELD(lk_message, at, id));
    lk_image_string(image, FIELD(lk_message, at, file));
    if (!image->failed) walk_answer(image, FIELD(lk_message, at, text));
  }
}

static void walk_categories(lk_image *image, size_t kb) {
  size_t count = LK_AT(image, lk_kb, kb)->category_table.count;
  FOR_EACH(lk_category, at, FIELD(lk_kb, kb, categories), count) {
    lk_image_view(image, FIELD(lk_category, at, id));
    lk_image_view(image, FIELD(lk_category, at, title));
    lk_image_string(image, FIELD(lk_category, at, file));
  }
}

static void walk_notices(lk_image *image, size_t kb) {
  size_t count = LK_AT(image, lk_kb, kb)->notice_table.count;
  FOR_EACH(lk_notice, at, FIELD(lk_kb, kb, notices), count) {
    lk_image_view(image, FIELD(lk_notice, at, id));
    lk_image_view(image, FIELD(lk_notice, at, category));
    lk_image_string(image, FIELD(lk_notice, at, file));
    if (!image->failed) walk_answer(image, FIELD(lk_notice, at, text));
  }
}

static void walk_lexicon(lk_image *image, size_t kb) {
  size_t count = LK_AT(image, lk_kb, kb)->lexicon_table.count;
  FOR_EACH(lk_lexicon_row, at, FIELD(lk_kb, kb, lexicon), count) {
    lk_image_view(image, FIELD(lk_lexicon_row, at, from));
    lk_image_string(image, FIELD(lk_lexicon_row, at, file));
    if (!image->failed) lk_image_views(image, FIELD(lk_lexicon_row, at, words), LK_AT(image, lk_lexicon_row, at)->word_count);
  }
}

static void walk_hours(lk_image *image, size_t kb) {
  size_t count = LK_AT(image, lk_kb, kb)->hours_count;
  FOR_EACH(lk_hours_row, at, FIELD(lk_kb, kb, hours), count) {
    lk_image_view(image, FIELD(lk_hours_row, at, desk));
    lk_image_view(image, FIELD(lk_hours_row, at, id));
    lk_image_string(image, FIELD(lk_hours_row, at, file));
  }
}

static void walk_models(lk_image *image, size_t kb) {
  size_t count = LK_AT(image, lk_kb, kb)->model_count;
  FOR_EACH(lk_model, at, FIELD(lk_kb, kb, models), count) {
    lk_image_view(image, FIELD(lk_model, at, name));
    lk_image_view(image, FIELD(lk_model, at, note));
    lk_image_string(image, FIELD(lk_model, at, file));
    if (image->failed) return;
    size_t weights = LK_AT(image, lk_model, at)->weight_count;
    FOR_EACH(lk_weight, w, FIELD(lk_model, at, weights), weights) lk_image_view(image, FIELD(lk_weight, w, feature));
  }
}

static bool is_sound_table(const lk_table *table) {
  for (int lang = 0; lang < LK_LANG_COUNT; lang++)
    if (table->start[lang] > table->start[lang + 1]) return false;
  return table->start[0] == 0 && table->start[LK_LANG_COUNT] == table->count;
}

static void walk_maps(lk_image *image, size_t kb) {
  static const size_t tables[] = {offsetof(lk_kb, entry_table), offsetof(lk_kb, message_table), offsetof(lk_kb, category_table),
                                  offsetof(lk_kb, notice_table)};
  for (size_t t = 0; t < sizeof tables / sizeof *tables && !image->failed; t++) {
    lk_map_walk(image, kb + tables[t] + offsetof(lk_table, by_id));
    if (image->failed || image->writing) continue;
    const lk_table *table = LK_AT(image, lk_table, kb + tables[t]);
    if (!is_sound_table(table) || !lk_map_is_below(table->by_id, table->count)) image->failed = true;
  }
  if (!image->failed && !image->writing && !is_sound_table(&LK_AT(image, lk_kb, kb)->lexicon_table)) image->failed = true;
}

void lk_kb_walk(lk_image *image, size_t pointer) {
  static void (*const walks[])(lk_image *, size_t) = {walk_entries, walk_messages, walk_categories, walk_notices,
                                                      walk_lexicon, walk_hours,    walk_models,     walk_maps};
  size_t kb = lk_image_array(image, pointer, 1, sizeof(lk_kb));
  if (!kb) image->failed = true;
  if (image->failed) return;
  lk_image_nothing(image, FIELD(lk_kb, kb, arena));
  for (size_t w = 0; w < sizeof walks / sizeof *walks && !image->failed; w++) walks[w](image, kb);
  for (size_t i = 0; i < LK_POLICY_MAX && !image->failed; i++)
    lk_image_view(image, FIELD(lk_kb, kb, policy_text) + i * sizeof(lk_view));
}

/* ---- Which KB it is ---- */

lk_code lk_kb_digest(const char *folder, uint64_t *digest, lk_error *err) {
  lk_findings *findings = lk_findings_new();
  lk_arena *paths = lk_arena_new();
  lk_file_list files = {0};
  lk_buffer text = {0};
  lk_code code = findings && paths ? lk_folder_list(folder, paths, findings, &files, err) : lk_fail_memory(err);
  *digest = 0;
  for (size_t i = 0; !code && i < files.count; i++) {
    bool read = lk_file_read(files.items[i], findings, &text);
    if (text.failed) code = lk_fail_memory(err);
    if (!read && !code)
      code = lk_fail_at(err, LK_ERR_IO, files.items[i], 0, "this file can't be read; check the file and its permissions");
    *digest = *digest * 31 + lk_hash(lk_view_of(files.items[i] + strlen(folder))) + 7 * lk_image_checksum(text.ptr, text.len);
  }
  free(files.items);
  lk_buffer_free(&text);
  lk_arena_free(paths);
  lk_findings_free(findings);
  return code;
}
