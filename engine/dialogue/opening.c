#include <stdlib.h>

#include "base/error.h"
#include "luukku/talk.h"

/* The KB's rows and the desk's plan say the same in two shapes: this is the one place that knows both. */
static void add_row(lk_hours_plan *plan, lk_hours_week *week, lk_hours_exception *exceptions, const lk_hours_row *row) {
  if (row->holidays) {
    plan->closed_on_holidays = true;
  } else if (row->open && row->days) {
    week[plan->week_count++] = (lk_hours_week){row->days, row->from_minute, row->to_minute};
  } else if (!row->days) {
    exceptions[plan->exception_count++] = (lk_hours_exception){.from = row->from,
                                                               .until = row->until,
                                                               .holiday = row->holiday,
                                                               .closed = !row->open,
                                                               .open = row->from_minute,
                                                               .close = row->to_minute,
                                                               .id = row->id.len ? row->id.ptr : NULL};
  } /* else <closed days="…">: a weekday without hours is closed anyway */
}

lk_code lk_talk_hours(const lk_kb *kb, lk_view desk, lk_hours **out, lk_error *err) {
  size_t count, mine = 0;
  const lk_hours_row *rows = lk_kb_hours(kb, &count), *first = NULL;
  *out = NULL;
  lk_hours_week *week = calloc(count + 1, sizeof *week);
  lk_hours_exception *exceptions = calloc(count + 1, sizeof *exceptions);
  lk_hours_plan plan = {.week = week, .exceptions = exceptions};
  lk_code code = LK_OK;
  if (!week || !exceptions) {
    free(week);
    free(exceptions);
    return lk_fail_memory(err);
  }
  for (size_t i = 0; i < count; i++) {
    if (!lk_view_eq(rows[i].desk, desk)) continue;
    if (mine++ == 0) first = &rows[i];
    add_row(&plan, week, exceptions, &rows[i]);
  }
  if (mine && !(*out = lk_hours_new(&plan, err))) {
    code = err && err->code ? err->code : LK_ERR_INPUT;
    if (err && code == LK_ERR_INPUT && first->file) {
      err->line = first->line;
      (void)snprintf(err->file, sizeof err->file, "%s", first->file);
    }
  }
  free(week);
  free(exceptions);
  return code;
}
