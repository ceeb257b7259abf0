/* What the loader makes of an answer is what two answers are compared by, and whatever it refuses must not get into a KB. So all answers go through it once. */
#include <stdlib.h>

#include "base/vector.h"
#include "edit/markup.h"
#include "edit/plan.h"

/* A file of a KB has bounds of its own (kb/limits.h). */
enum { FILE_ITEMS = 500, FILE_NODES = 30000, FILE_BYTES = 1024 * 1024 };

typedef struct canon {
  lk_plan *plan;
  struct {
    lk_source *items;
    size_t count, cap;
  } sources;
  lk_buffer text;
  size_t items, nodes;
  int line;
  int *lines;    /* of each planned item in its file */
  size_t *files; /* which file */
} canon;

static int count_lines(lk_view text) {
  int lines = 0;
  for (size_t i = 0; i < text.len; i++) lines += text.ptr[i] == '\n';
  return lines;
}

static void begin_file(canon *c) {
  lk_buffer_clear(&c->text);
  lk_buffer_adds(&c->text, "<kb xmlns=\"urn:luukku:kb:1\">\n");
  if (!c->sources.count) lk_buffer_adds(&c->text, "<category id=\"c\" xml:lang=\"fi\"><title>c</title></category>\n");
  c->line = 1 + count_lines(lk_buffer_view(&c->text));
  c->items = c->nodes = 0;
}

static void end_file(canon *c) {
  lk_buffer_adds(&c->text, "</kb>\n");
  lk_source source = {lk_plan_format(c->plan, "%zu", c->sources.count).ptr,
                      lk_arena_copy(c->plan->arena, lk_buffer_view(&c->text))};
  if (c->text.failed || !source.text.ptr || !LK_PUSH(&c->sources, source)) c->plan->memory = true;
}

static void add_item(canon *c, size_t at) {
  const lk_item *item = &c->plan->items[at].item;
  if (c->items >= FILE_ITEMS || c->nodes >= FILE_NODES || c->text.len >= FILE_BYTES) {
    end_file(c);
    begin_file(c);
  }
  lk_article_draft draft = {.id = lk_plan_format(c->plan, "i%zu", at),
                            .lang = item->lang,
                            .category = LK_LIT("c"),
                            .source = item->source,
                            .question = item->question,
                            .answer = item->nodes,
                            .answer_count = item->count};
  size_t from = c->text.len;
  c->lines[at] = c->line;
  c->files[at] = c->sources.count;
  lk_markup_article(&c->text, &draft, true);
  lk_buffer_addc(&c->text, '\n');
  c->line += count_lines((lk_view){lk_buffer_view(&c->text).ptr + from, c->text.len - from});
  c->items++;
  c->nodes += item->count;
}

static void write_all(canon *c) {
  c->sources.count = 0;
  begin_file(c);
  for (size_t i = 0; i < c->plan->count && !c->plan->memory; i++)
    if (!c->plan->items[i].dropped) add_item(c, i);
  end_file(c);
}

/* The item in which a finding is: the last one that begins before it. */
static lk_planned *item_of(canon *c, const lk_finding *finding) {
  lk_planned *found = NULL;
  for (size_t i = 0; i < c->plan->count; i++)
    if (!c->plan->items[i].dropped && strcmp(c->sources.items[c->files[i]].name, finding->file) == 0 &&
        c->lines[i] <= finding->line)
      found = &c->plan->items[i];
  return found;
}

static bool drop_refused(canon *c, const lk_findings *findings) {
  lk_planned **refused = calloc(lk_findings_count(findings) + 1, sizeof *refused);
  bool any = false;
  for (size_t i = 0; refused && i < lk_findings_count(findings); i++)
    if (lk_findings_at(findings, i)->severity == LK_SEVERITY_ERROR) refused[i] = item_of(c, lk_findings_at(findings, i));
  for (size_t i = 0; refused && i < lk_findings_count(findings); i++) {
    if (!refused[i] || refused[i]->dropped) continue;
    lk_plan_drop(c->plan, refused[i], lk_findings_at(findings, i)->mend, "%s", lk_findings_at(findings, i)->what);
    any = true;
  }
  if (!refused) c->plan->memory = true;
  free(refused);
  return any;
}

static void load_all(canon *c) {
  bool again = true;
  while (again && !c->plan->canon && !c->plan->memory) {
    lk_findings *findings = lk_findings_new();
    write_all(c);
    if (!findings) c->plan->memory = true;
    if (!c->plan->memory) c->plan->canon = lk_kb_load_sources(c->sources.items, c->sources.count, findings, NULL);
    again = !c->plan->canon && !c->plan->memory && drop_refused(c, findings);
    lk_findings_free(findings);
  }
}

lk_code lk_plan_canonise(lk_plan *plan) {
  canon c = {.plan = plan, .lines = calloc(plan->count + 1, sizeof(int)), .files = calloc(plan->count + 1, sizeof(size_t))};
  if (!c.lines || !c.files)
    plan->memory = true;
  else
    load_all(&c);
  for (size_t i = 0; plan->canon && i < plan->count; i++) {
    lk_planned *p = &plan->items[i];
    lk_view id = lk_plan_format(plan, "i%zu", i);
    if (p->dropped || plan->memory) continue;
    const lk_entry *entry = lk_kb_entry(plan->canon, id, p->item.lang);
    p->item.question = entry->phrasings[0].text;
    p->item.source = entry->source;
    p->item.nodes = entry->answers[0].nodes;
    p->item.count = entry->answers[0].count;
  }
  free(c.lines);
  free(c.files);
  free(c.sources.items);
  lk_buffer_free(&c.text);
  return plan->canon && !plan->memory ? LK_OK : LK_ERR_MEMORY;
}
