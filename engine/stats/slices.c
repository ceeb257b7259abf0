#include "stats/slices.h"

static bool cut_days(int64_t from, int64_t until, int64_t length, size_t most, lk_slices *out) {
  if ((until - from + length - 1) / length > (int64_t)most) return false;
  out->count = 0;
  for (int64_t day = from; day < until; day += length) out->starts[out->count++] = day;
  return true;
}

static int64_t next_month(int64_t day, int months) {
  lk_date date = lk_date_of_days(day);
  int month = date.month - 1 + months;
  return lk_date_days((lk_date){date.year + month / 12, month % 12 + 1, 1});
}

static bool cut_months(int64_t from, int64_t until, int length, size_t most, lk_slices *out) {
  out->count = 0;
  for (int64_t day = from; day < until; day = next_month(day, length)) {
    if (out->count == most) return false;
    out->starts[out->count++] = day;
  }
  return true;
}

void lk_slices_cut(int64_t from, int64_t until, size_t most, lk_slices *out) {
  static const int months[] = {1, 2, 3, 4, 6, 12, 24, 48};
  bool fits = cut_days(from, until, 1, most, out) || cut_days(from, until, 7, most, out);
  for (size_t i = 0; !fits && i < sizeof months / sizeof *months; i++) fits = cut_months(from, until, months[i], most, out);
  out->starts[out->count] = until;
}

size_t lk_slices_find(const lk_slices *slices, int64_t day) {
  size_t at = 0;
  while (at + 1 < slices->count && slices->starts[at + 1] <= day) at++;
  return at;
}
