#include "script.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "luukku/calendar.h"

enum {
  FILE_MOST = 4 << 20,  /* bytes of a script */
  TEXT_MOST = 16 << 20, /* bytes of one message, after repetition */
  TITLE_MARK = 2        /* "==" */
};

typedef struct reader {
  const char *path;
  int line;
  lk_arena *arena;
  lk_script_file *out;
  lk_error *err;
} reader;

static lk_code fail(reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static lk_code fail(reader *r, const char *format, ...) {
  if (!r->err) return LK_ERR_INPUT;
  *r->err = (lk_error){.code = LK_ERR_INPUT, .line = r->line};
  (void)snprintf(r->err->file, sizeof r->err->file, "%s", r->path);
  va_list args;
  va_start(args, format);
  (void)vsnprintf(r->err->message, sizeof r->err->message, format, args);
  va_end(args);
  return LK_ERR_INPUT;
}

static lk_code fail_memory(reader *r) {
  (void)fail(r, "out of memory; make the script smaller");
  if (r->err) r->err->code = LK_ERR_MEMORY;
  return LK_ERR_MEMORY;
}

/* ---- Words ---- */

static bool is_space(char c) { return c == ' ' || c == '\t'; }

static lk_view trim(lk_view text) {
  while (text.len && is_space(text.ptr[0])) text.ptr++, text.len--;
  while (text.len && (is_space(text.ptr[text.len - 1]) || text.ptr[text.len - 1] == '\r')) text.len--;
  return text;
}

lk_view lk_word_of(lk_view text, lk_view *rest) {
  text = trim(text);
  size_t end = 0;
  while (end < text.len && !is_space(text.ptr[end])) end++;
  *rest = trim((lk_view){text.ptr + end, text.len - end});
  return (lk_view){text.ptr, end};
}

static lk_view from(lk_view text, size_t at) { return (lk_view){text.ptr + at, text.len - at}; }

/* ---- Times ---- */

static bool two_digits(lk_view text, size_t at, int *out) {
  if (at + 2 > text.len || text.ptr[at] < '0' || text.ptr[at] > '9' || text.ptr[at + 1] < '0' || text.ptr[at + 1] > '9')
    return false;
  *out = (text.ptr[at] - '0') * 10 + text.ptr[at + 1] - '0';
  return true;
}

bool lk_moment_parse(lk_view text, int64_t *out) {
  text = trim(text);
  int hour = 12, minute = 0;
  lk_date date;
  if (text.len != 10 && text.len != 16) return false;
  if (!lk_date_parse((lk_view){text.ptr, 10}, &date)) return false;
  if (text.len == 16) {
    if ((text.ptr[10] != ' ' && text.ptr[10] != 'T') || text.ptr[13] != ':') return false;
    if (!two_digits(text, 11, &hour) || !two_digits(text, 14, &minute) || hour > 23 || minute > 59) return false;
  }
  *out = lk_local_moment(date, hour * 60 + minute);
  return true;
}

void lk_moment_print(int64_t moment, char out[LK_MOMENT_SIZE]) {
  lk_local_time t = lk_local_time_of(moment);
  (void)snprintf(out, LK_MOMENT_SIZE, "%04d-%02d-%02d %02d:%02d", t.date.year, t.date.month, t.date.day, t.hour, t.minute);
}

/* "35 min", "2 h", "1 day", "90 s" */
static bool parse_span(lk_view text, int64_t *out) {
  static const struct {
    const char *name;
    int64_t seconds;
  } units[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"day", 86400}, {"days", 86400}};
  lk_view unit, rest, number = lk_word_of(text, &unit);
  unit = lk_word_of(unit, &rest);
  if (!number.len || number.len > 6 || rest.len) return false;
  int64_t value = 0;
  for (size_t i = 0; i < number.len; i++) {
    if (number.ptr[i] < '0' || number.ptr[i] > '9') return false;
    value = value * 10 + number.ptr[i] - '0';
  }
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (!lk_view_eq(unit, lk_view_of(units[i].name))) continue;
    *out = value * units[i].seconds;
    return true;
  }
  return false;
}

/* ---- Text that cannot be typed: >>N text with escapes ---- */

static int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static size_t put_utf8(char *out, uint32_t c) {
  if (c < 0x80) return out[0] = (char)c, 1;
  if (c < 0x800) return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
  if (c < 0x10000)
    return out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)), out[2] = (char)(0x80 | (c & 63)), 3;
  out[0] = (char)(0xF0 | c >> 18);
  out[1] = (char)(0x80 | (c >> 12 & 63));
  out[2] = (char)(0x80 | (c >> 6 & 63));
  out[3] = (char)(0x80 | (c & 63));
  return 4;
}

/* The escape at *at, which stands on the backslash: writes its bytes and moves behind it; 0 for none. */
static size_t unescape(lk_view text, size_t *at, char *out) {
  char c = *at + 1 < text.len ? text.ptr[*at + 1] : '\0';
  if (c == 'x' && *at + 3 < text.len && hex_of(text.ptr[*at + 2]) >= 0 && hex_of(text.ptr[*at + 3]) >= 0) {
    out[0] = (char)(hex_of(text.ptr[*at + 2]) * 16 + hex_of(text.ptr[*at + 3]));
    *at += 4;
    return 1;
  }
  if (c == 'u' && *at + 2 < text.len && text.ptr[*at + 2] == '{') {
    uint32_t code = 0;
    size_t i = *at + 3;
    for (; i < text.len && i < *at + 9 && hex_of(text.ptr[i]) >= 0; i++) code = code * 16 + (uint32_t)hex_of(text.ptr[i]);
    if (i >= text.len || text.ptr[i] != '}' || i == *at + 3 || code > 0x10FFFF) return 0;
    *at = i + 1;
    return put_utf8(out, code);
  }
  const char *from_letters = "nt\\s", *to = "\n\t\\ ";
  const char *found = c ? strchr(from_letters, c) : NULL;
  if (!found) return 0;
  out[0] = to[found - from_letters];
  *at += 2;
  return 1;
}

static lk_code repeated_text(reader *r, lk_view line, lk_view *out) {
  lk_view rest, number = lk_word_of(line, &rest);
  char digits[12] = "";
  if (number.len < sizeof digits) memcpy(digits, number.ptr, number.len);
  char *end;
  size_t times = strtoul(digits, &end, 10), length = 0;
  if (!*digits || *end || times < 1) return fail(r, "after >> comes how many times the text is repeated; write >>1 text");
  char *once = lk_arena_alloc(r->arena, rest.len + 4);
  if (!once) return fail_memory(r);
  for (size_t at = 0; at < rest.len;) {
    if (rest.ptr[at] != '\\') {
      once[length++] = rest.ptr[at++];
      continue;
    }
    size_t bytes = unescape(rest, &at, once + length);
    if (!bytes) return fail(r, "unknown escape; there are \\n \\t \\s \\\\ \\xHH and \\u{HEX}");
    length += bytes;
  }
  if (length && times > TEXT_MOST / length) return fail(r, "the message is over %d bytes; repeat it less often", TEXT_MOST);
  char *text = lk_arena_alloc(r->arena, length * times + 1);
  if (!text) return fail_memory(r);
  for (size_t i = 0; i < times; i++) memcpy(text + i * length, once, length);
  text[length * times] = '\0';
  *out = (lk_view){text, length * times};
  return LK_OK;
}

/* ---- Lines ---- */

static void *grown(lk_arena *arena, const void *items, size_t count, size_t *cap, size_t size) {
  *cap = *cap ? *cap * 2 : 16;
  void *room = lk_arena_zeroed(arena, *cap, size);
  if (room && count) memcpy(room, items, count * size);
  return room;
}

static lk_code begin_script(reader *r, lk_view name) {
  lk_script_file *file = r->out;
  if (file->count == file->cap) {
    lk_script *room = grown(r->arena, file->scripts, file->count, &file->cap, sizeof *room);
    if (!room) return fail_memory(r);
    file->scripts = room;
  }
  lk_view copy = lk_arena_copy(r->arena, name);
  if (!copy.ptr) return fail_memory(r);
  file->scripts[file->count++] = (lk_script){.name = copy, .line = r->line};
  return LK_OK;
}

static lk_view file_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return lk_view_of(slash ? slash + 1 : path);
}

static lk_code add_step(reader *r, lk_step step) {
  if (!r->out->count) {
    lk_code code = begin_script(r, file_name(r->path));
    if (code) return code;
  }
  lk_script *script = &r->out->scripts[r->out->count - 1];
  if (script->count == script->cap) {
    lk_step *room = grown(r->arena, script->steps, script->count, &script->cap, sizeof *room);
    if (!room) return fail_memory(r);
    script->steps = room;
  }
  step.line = r->line;
  script->steps[script->count++] = step;
  return LK_OK;
}

static lk_code add_expectation(reader *r, lk_view line) {
  lk_step step = {.kind = LK_STEP_EXPECT};
  step.word = lk_word_of(line, &step.text);
  if (lk_view_eq(step.word, LK_LIT("not"))) {
    step.negated = true;
    step.word = lk_word_of(step.text, &step.text);
  }
  return step.word.len ? add_step(r, step) : fail(r, "after < comes what is expected; write < act answer");
}

static lk_code add_line(reader *r, lk_view line) {
  lk_step step = {.kind = LK_STEP_SAY};
  switch (line.ptr[0]) {
    case '#':
      return LK_OK;
    case '=':
      if (line.len > TITLE_MARK && line.ptr[1] == '=') {
        lk_view name = trim(from(line, TITLE_MARK));
        return name.len ? begin_script(r, name) : fail(r, "after == comes the conversation's name");
      }
      break;
    case '>':
      if (line.len > 1 && line.ptr[1] == '>') {
        lk_code code = repeated_text(r, from(line, 2), &step.text);
        return code ? code : add_step(r, step);
      }
      step.text = trim(from(line, 1));
      return add_step(r, step);
    case '[':
      if (line.ptr[line.len - 1] != ']') break;
      step.kind = LK_STEP_TAP;
      step.text = trim((lk_view){line.ptr + 1, line.len - 2});
      return step.text.len ? add_step(r, step) : fail(r, "in [ ] stands a payload or the number of a choice");
    case '<':
      return add_expectation(r, from(line, 1));
    case '!':
      step.kind = LK_STEP_SET;
      step.word = lk_word_of(from(line, 1), &step.text);
      return step.word.len ? add_step(r, step) : fail(r, "after ! comes what is set; write ! agents 1");
    case '@':
      step.kind = LK_STEP_CLOCK;
      if (lk_moment_parse(from(line, 1), &step.number)) return add_step(r, step);
      return fail(r, "not a time; write @2026-11-22 12:00");
    case '+':
      step.kind = LK_STEP_PASS;
      if (parse_span(from(line, 1), &step.number)) return add_step(r, step);
      return fail(r, "not a length of time; write +35 min (s, min, h, days)");
    default:
      break;
  }
  return fail(r, "a line begins with > [ < ! @ + == or #; see the README of tests/conversations");
}

lk_code lk_script_parse(const char *path, lk_view text, lk_arena *arena, lk_script_file *out, lk_error *err) {
  *out = (lk_script_file){.path = path};
  reader r = {.path = path, .arena = arena, .out = out, .err = err};
  if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) text = from(text, 3);
  for (size_t at = 0; at < text.len;) {
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    size_t length = end ? (size_t)(end - (text.ptr + at)) : text.len - at;
    lk_view line = trim((lk_view){text.ptr + at, length});
    r.line++;
    lk_code code = line.len ? add_line(&r, line) : LK_OK;
    if (code) return code;
    at += length + 1;
  }
  return LK_OK;
}

static lk_code fail_reading(reader *r) {
  (void)fail(r, "cannot be read: %s; check the path", strerror(errno));
  if (r->err) r->err->code = LK_ERR_IO;
  return LK_ERR_IO;
}

lk_code lk_script_read(const char *path, lk_arena *arena, lk_script_file *out, lk_error *err) {
  reader r = {.path = path, .err = err};
  FILE *file = fopen(path, "rb");
  if (!file) return fail_reading(&r);
  char *bytes = malloc(FILE_MOST + 1);
  size_t length = bytes ? fread(bytes, 1, FILE_MOST + 1, file) : 0;
  bool failed = ferror(file) != 0;
  (void)fclose(file);
  lk_view text = bytes && !failed ? lk_arena_copy(arena, (lk_view){bytes, length}) : (lk_view){NULL, 0};
  free(bytes);
  if (failed) return fail_reading(&r);
  if (!text.ptr) return fail_memory(&r);
  if (length > FILE_MOST) return fail(&r, "the script is over %d bytes; split it", FILE_MOST);
  return lk_script_parse(path, text, arena, out, err);
}
