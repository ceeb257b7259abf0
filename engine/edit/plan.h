/* From what was harvested to changes of a KB. */
#ifndef LK_EDIT_PLAN_H
#define LK_EDIT_PLAN_H

#include "base/map.h"
#include "edit/harvest.h"

/* What becomes of one question. */
typedef struct lk_planned {
  lk_item item; /* its answer as the loader reads it */
  lk_view id, category;
  const lk_entry *known; /* the article that it updates, or NULL */
  bool dropped;
} lk_planned;

typedef struct lk_plan {
  lk_arena *arena;
  lk_edit *edit;
  const lk_kb *kb;
  const lk_import_places *places;
  lk_findings *findings;
  lk_import_summary *summary;
  lk_planned *items;
  size_t count;
  lk_kb *canon;       /* holds the answers */
  lk_map *by_source;  /* "fi source" → entry of the KB */
  lk_map *by_key;     /* "fi phrasing" → entry that claims it */
  lk_map *seen;       /* entries (as numbers) that the source still has */
  lk_map *ids;        /* id, and "fi id" → item that took it first */
  lk_map *numbers;    /* id that was wished for → number that it got last */
  lk_map *groups;     /* group → item that gave it its id and category */
  lk_map *categories; /* "fi category" → made here */
  lk_error trouble;   /* of a category that could not be made */
  bool memory;
} lk_plan;

void lk_plan_report(lk_plan *plan, lk_severity severity, const char *code, const lk_item *item, const char *mend,
                    const char *what, ...) __attribute__((format(printf, 6, 7)));
/* Leaves an item out and says why. */
void lk_plan_drop(lk_plan *plan, lk_planned *planned, const char *mend, const char *what, ...)
    __attribute__((format(printf, 4, 5)));
lk_view lk_plan_format(lk_plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* canon.c: has the loader read every answer; what it refuses is dropped. LK_OK, LK_ERR_MEMORY. */
lk_code lk_plan_canonise(lk_plan *plan);
/* name.c: ids, categories and files of what is new. */
void lk_plan_name(lk_plan *plan, lk_planned *planned);
const char *lk_plan_path(lk_plan *plan, const lk_planned *planned);
/* Number of an entry within the KB. */
uint32_t lk_plan_number(const lk_plan *plan, const lk_entry *entry);

#endif
