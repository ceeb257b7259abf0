#include "recording.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "script.h"

static void add(lk_recording *r, const char *text, size_t len) {
  if (r->failed) return;
  if (r->len + len + 1 > r->cap) {
    size_t cap = (r->len + len + 1) * 2;
    char *grown = realloc(r->text, cap);
    r->failed = !grown;
    if (!grown) return;
    r->text = grown;
    r->cap = cap;
  }
  memcpy(r->text + r->len, text, len);
  r->len += len;
}

static void addf(lk_recording *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void addf(lk_recording *r, const char *format, ...) {
  char text[600];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (len > 0) add(r, text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
}

/* Can a script's > line hold it as it is? */
static bool is_plain(lk_view said) {
  if (!said.len) return true;
  bool edges = said.ptr[0] == ' ' || said.ptr[0] == '>' || said.ptr[said.len - 1] == ' ';
  for (size_t i = 0; i < said.len && !edges; i++) edges = (unsigned char)said.ptr[i] < ' ' || said.ptr[i] == 0x7F;
  return !edges;
}

static void add_escaped(lk_recording *r, lk_view said) {
  for (size_t i = 0; i < said.len; i++) {
    unsigned char c = (unsigned char)said.ptr[i];
    if (c == '\\')
      add(r, "\\\\", 2);
    else if (c == ' ' && (i == 0 || i + 1 == said.len))
      add(r, "\\s", 2);
    else if (c < ' ' || c == 0x7F)
      addf(r, "\\x%02x", c);
    else
      add(r, said.ptr + i, 1);
  }
}

static void add_expectations(lk_recording *r, const lk_turn *turn) {
  addf(r, "< act %s\n", lk_act_name(turn->act));
  if (turn->entry) addf(r, "< entry %.*s\n", LK_FMT(turn->entry->id));
  addf(r, "< messages");
  for (size_t i = 0; i < turn->reply_count; i++) addf(r, " %.*s", LK_FMT(turn->replies[i].id));
  addf(r, turn->reply_count ? "\n" : " none\n");
  if (turn->choice_count) addf(r, "< choices %zu\n", turn->choice_count);
}

static void add_time(lk_recording *r, int64_t now) {
  int64_t minutes = (now - r->time) / 60;
  if (minutes < 1) return;
  addf(r, "\n+%lld min\n", (long long)minutes);
  r->time += minutes * 60;
}

void lk_recording_lang(lk_recording *r, lk_lang lang) {
  addf(r, "! lang %s\n", lang == LK_LANG_NONE ? "auto" : lk_lang_code(lang));
}

void lk_recording_begin(lk_recording *r, int64_t now, lk_lang lang, const lk_turn *greeting) {
  char moment[LK_MOMENT_SIZE];
  lk_moment_print(now, moment);
  r->time = now - now % 60;
  addf(r, "# Recorded with luukku chat. Keep the expectations that matter and delete the others.\n@%s\n", moment);
  if (lang != LK_LANG_NONE) lk_recording_lang(r, lang);
  add_expectations(r, greeting);
}

void lk_recording_turn(lk_recording *r, int64_t now, lk_view said, const lk_turn *turn) {
  add_time(r, now);
  if (is_plain(said)) {
    addf(r, "\n> ");
    add(r, said.ptr, said.len);
  } else {
    addf(r, "\n>>1 ");
    add_escaped(r, said);
  }
  addf(r, "\n");
  add_expectations(r, turn);
}

bool lk_recording_save(const lk_recording *r, const char *path) {
  if (r->failed) {
    errno = ENOMEM;
    return false;
  }
  FILE *out = fopen(path, "wb");
  if (!out) return false;
  bool good = fwrite(r->text ? r->text : "", 1, r->len, out) == r->len;
  return fclose(out) == 0 && good;
}

void lk_recording_clear(lk_recording *r) {
  free(r->text);
  *r = (lk_recording){0};
}
