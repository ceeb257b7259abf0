/* libvoikko: the only file that includes it.
 *
 * Its readings are many and its first one often misleads (maksaa → maksa, postikulut → kulku), so all readings are taken and pruned: without
 * proper names, with the fewest compound parts, without possessive suffixes, without participles, each as long as something remains. Participles
 * come back as adjectives; their verb is in WORDBASES.
 *
 * The wide-character calls are used: they lend their results instead of copying each. */
#include <libvoikko/voikko.h>
#include <stdlib.h>
#include <wchar.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "text/morphology.h"
#include "text/normalise.h"

enum {
  READINGS_LIMIT = 24, /* words have up to a dozen */
  PARTS_LIMIT = 8,
  TEXT_LIMIT = 256 /* bytes of one part or base form */
};

typedef struct voikko {
  lk_morphology base;
  struct VoikkoHandle *handle;
  lk_buffer scratch;
} voikko;

typedef struct reading {
  const wchar_t *base, *bases; /* BASEFORM and WORDBASES, lent by the analysis */
  unsigned parts;
  bool name, possessive, participle, dropped;
} reading;

static bool to_wide(lk_view form, wchar_t *out, size_t cap) {
  size_t count = 0;
  for (size_t i = 0; i < form.len;) {
    uint32_t c = lk_utf8_next(form, &i);
    if (c == LK_UTF8_INVALID || count + 1 == cap) return false;
    out[count++] = (wchar_t)c;
  }
  out[count] = L'\0';
  return count > 0;
}

/* ---- readings ---- */

static bool is_name(const wchar_t *class) {
  return class && (wcscmp(class, L"etunimi") == 0 || wcscmp(class, L"sukunimi") == 0 || wcscmp(class, L"paikannimi") == 0 ||
                   wcscmp(class, L"nimi") == 0);
}

static unsigned count_parts(const wchar_t *structure) {
  unsigned count = 0;
  for (; structure && *structure; structure++) count += *structure == L'=';
  return count;
}

static reading read_analysis(const struct voikko_mor_analysis *a) {
  return (reading){.base = voikko_mor_analysis_value_ucs4(a, "BASEFORM"),
                   .bases = voikko_mor_analysis_value_ucs4(a, "WORDBASES"),
                   .parts = count_parts(voikko_mor_analysis_value_ucs4(a, "STRUCTURE")),
                   .name = is_name(voikko_mor_analysis_value_ucs4(a, "CLASS")),
                   .possessive = voikko_mor_analysis_value_ucs4(a, "POSSESSIVE") != NULL,
                   .participle = voikko_mor_analysis_value_ucs4(a, "PARTICIPLE") != NULL};
}

typedef bool (*blemish)(const reading *r, unsigned fewest_parts);
static bool is_proper(const reading *r, unsigned fewest) { return (void)fewest, r->name; }
static bool is_longer(const reading *r, unsigned fewest) { return r->parts > fewest; }
static bool is_possessive(const reading *r, unsigned fewest) { return (void)fewest, r->possessive; }
static bool is_participle(const reading *r, unsigned fewest) { return (void)fewest, r->participle; }

static void prune(reading *readings, size_t count) {
  static const blemish blemishes[] = {is_proper, is_longer, is_possessive, is_participle};
  for (size_t b = 0; b < sizeof blemishes / sizeof *blemishes; b++) {
    unsigned fewest = UINT32_MAX;
    for (size_t i = 0; i < count; i++)
      if (!readings[i].dropped && readings[i].parts < fewest) fewest = readings[i].parts;
    size_t clean = 0;
    for (size_t i = 0; i < count; i++) clean += !readings[i].dropped && !blemishes[b](&readings[i], fewest);
    if (!clean) continue;
    for (size_t i = 0; i < count; i++)
      if (blemishes[b](&readings[i], fewest)) readings[i].dropped = true;
  }
}

/* ---- WORDBASES ---- */

/* One part of a compound: what it is called, and what it was derived from. */
typedef struct part {
  wchar_t lemma[TEXT_LIMIT / 4], surface[TEXT_LIMIT / 4], root[TEXT_LIMIT / 4];
  unsigned suffixes;
} part;

static void append(wchar_t *to, const wchar_t *from, size_t count) {
  size_t have = wcslen(to), cap = TEXT_LIMIT / 4 - 1;
  for (size_t i = 0; i < count && have < cap; i++)
    if (from[i] != L'=' && from[i] != L'|') to[have++] = from[i];
  to[have] = L'\0';
}

typedef struct span {
  const wchar_t *ptr;
  size_t len;
} span;

static bool take_base(const wchar_t **at, span *base) {
  if (**at != L'(') return false;
  const wchar_t *begin = *at + 1, *end = wcschr(begin, L')');
  if (!end) end = begin + wcslen(begin);
  *base = (span){begin, (size_t)(end - begin)};
  *at = *end ? end + 1 : end;
  return true;
}

static void begin_part(part *p, span surface, span base) {
  *p = (part){0};
  append(p->lemma, base.ptr, base.len);
  append(p->root, base.ptr, base.len);
  append(p->surface, surface.ptr, surface.len);
}

/* A suffix makes a new word of what stands before it: toimit + us. */
static void add_suffix(part *p, span surface, span suffix) {
  p->lemma[0] = L'\0';
  append(p->lemma, p->surface, wcslen(p->surface));
  append(p->lemma, suffix.ptr + 1, suffix.len - 1);
  append(p->surface, surface.ptr, surface.len);
  p->suffixes++;
}

/* "+toimit(toimittaa)+us(+us)+aika(aika)": pieces of a surface and, mostly, a base; a base that begins with '+' is a suffix, a piece without one
 * a link; a piece may have a base and a suffix at once. */
static size_t parse_bases(const wchar_t *at, part *parts) {
  size_t count = 0;
  while (at && *at) {
    if (*at == L'+') at++;
    span surface = {at, wcscspn(at, L"+(")};
    at += surface.len;
    span base;
    bool linked = true;
    while (take_base(&at, &base)) {
      linked = false;
      if (base.len && base.ptr[0] == L'+') {
        if (count) add_suffix(&parts[count - 1], surface, base);
      } else if (base.len && count < PARTS_LIMIT) {
        begin_part(&parts[count++], surface, base);
      }
      surface.len = 0;
    }
    if (linked && count && !(surface.len == 1 && *surface.ptr == L'-'))
      append(parts[count - 1].surface, surface.ptr, surface.len);
    if (*at && *at != L'+') at++;
  }
  return count;
}

/* ---- findings ---- */

static lk_view to_text(voikko *v, const wchar_t *wide) {
  char raw[TEXT_LIMIT * 2];
  size_t length = 0;
  for (; *wide && length + 4 < sizeof raw; wide++) length += lk_utf8_put(raw + length, (uint32_t)*wide);
  lk_buffer_clear(&v->scratch);
  lk_normalise((lk_view){raw, length}, &v->scratch);
  lk_view text = lk_buffer_view(&v->scratch);
  while (text.len && text.ptr[0] == '-') text.ptr++, text.len--;
  while (text.len && text.ptr[text.len - 1] == '-') text.len--;
  return text;
}

static bool ends_as_verb(const wchar_t *base) {
  size_t length = wcslen(base);
  return length > 2 && (base[length - 1] == L'a' || base[length - 1] == L'ä');
}

static void add_root(voikko *v, const part *p, bool of_part, lk_draft *out) {
  if (!p->suffixes) return;
  bool deep = p->suffixes > 1 || !ends_as_verb(p->root);
  float weight = deep ? LK_WEIGHT_DEEP_ROOT : of_part ? LK_WEIGHT_PART_ROOT : LK_WEIGHT_ROOT;
  lk_draft_term(out, LK_TERM_ROOT, to_text(v, p->root), weight);
}

/* "maahan=muuttaja" is one base in the dictionary; its last part is worth finding by itself. */
static void add_inner_parts(voikko *v, const wchar_t *bases, lk_draft *out) {
  const wchar_t *open = wcschr(bases, L'('), *split = open ? wcschr(open, L'=') : NULL;
  if (!split) return;
  wchar_t piece[TEXT_LIMIT / 4];
  const wchar_t *from = open + 1;
  while (*from && *from != L')') {
    size_t length = wcscspn(from, L"=)");
    piece[0] = L'\0';
    append(piece, from, length);
    lk_draft_term(out, LK_TERM_PART, to_text(v, piece), 1);
    from += length;
    if (*from == L'=') from++;
  }
}

static void add_reading(voikko *v, const reading *r, lk_draft *out) {
  part parts[PARTS_LIMIT];
  size_t count = r->bases ? parse_bases(r->bases, parts) : 0;
  if (r->participle && count == 1) {
    lk_draft_lemma(out, to_text(v, parts[0].root));
    return;
  }
  if (r->base) lk_draft_lemma(out, to_text(v, r->base));
  for (size_t i = 0; i < count && count > 1; i++) lk_draft_term(out, LK_TERM_PART, to_text(v, parts[i].lemma), 1);
  for (size_t i = 0; i < count; i++) add_root(v, &parts[i], count > 1, out);
  if (count == 1) add_inner_parts(v, r->bases, out);
}

static bool look_up(lk_morphology *self, lk_view form, lk_draft *out) {
  voikko *v = (voikko *)self;
  wchar_t word[LK_WORD_LIMIT + 1];
  if (!to_wide(form, word, LK_WORD_LIMIT + 1)) return false;
  struct voikko_mor_analysis **analyses = voikkoAnalyzeWordUcs4(v->handle, word);
  reading readings[READINGS_LIMIT];
  size_t count = 0;
  for (; analyses && analyses[count] && count < READINGS_LIMIT; count++) readings[count] = read_analysis(analyses[count]);
  prune(readings, count);
  for (size_t i = 0; i < count; i++)
    if (!readings[i].dropped) add_reading(v, &readings[i], out);
  if (analyses) voikko_free_mor_analysis(analyses);
  if (v->scratch.failed) out->failed = true;
  return out->lemma_count > 0;
}

static void free_voikko(lk_morphology *self) {
  if (!self) return;
  voikko *v = (voikko *)self;
  if (v->handle) voikkoTerminate(v->handle);
  lk_buffer_free(&v->scratch);
  free(v);
}

lk_morphology *lk_morphology_voikko(void) {
  voikko *v = calloc(1, sizeof *v);
  if (!v) return NULL;
  v->base = (lk_morphology){true, look_up, free_voikko};
  const char *problem = NULL;
  v->handle = voikkoInit(&problem, "fi", NULL);
  if (v->handle && !problem) return &v->base;
  free_voikko(&v->base);
  return NULL;
}
