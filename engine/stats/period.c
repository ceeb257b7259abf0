#include "base/error.h"
#include "luukku/stats.h"

enum { USUAL_DAYS = 28, MOST_DAYS = 20 * 366 };

lk_report_options lk_report_usual(int64_t now) {
  lk_date today = lk_local_time_of(now).date;
  return (lk_report_options){.from = lk_date_plus(today, -USUAL_DAYS), .until = today, .compare = true, .lang = LK_LANG_EN};
}

static lk_code read_date(lk_view text, const char *what, lk_date *out, lk_error *err) {
  if (!text.len || lk_date_parse(text, out)) return LK_OK;
  return lk_fail(err, LK_ERR_INPUT, "%s is no date: %.*s; write it as 2026-11-22", what, LK_FMT(text));
}

lk_code lk_report_period(lk_view from, lk_view to, int64_t now, lk_report_options *options, lk_error *err) {
  lk_report_options usual = lk_report_usual(now);
  lk_date begin = usual.from, end = usual.until;
  lk_code code = read_date(from, "the first day", &begin, err);
  if (!code) code = read_date(to, "the day after the last", &end, err);
  if (code) return code;
  if (from.len && !to.len) {
    lk_date tomorrow = lk_date_plus(lk_local_time_of(now).date, 1);
    end = lk_date_plus(begin, USUAL_DAYS);
    if (lk_date_compare(end, tomorrow) > 0 && lk_date_compare(begin, tomorrow) < 0) end = tomorrow;
  }
  if (to.len && !from.len) begin = lk_date_plus(end, -USUAL_DAYS);
  int64_t days = lk_date_days(end) - lk_date_days(begin);
  if (days <= 0)
    return lk_fail(err, LK_ERR_INPUT, "the period ends before it has begun; its end is the day after the last one that counts");
  if (days > MOST_DAYS) return lk_fail(err, LK_ERR_INPUT, "the period is longer than 20 years; take a part of it");
  options->from = begin;
  options->until = end;
  return LK_OK;
}
