/* The people at the desk: they come when it is open, take the case that waited longest, and reply with an article or in their own words. */
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

enum { SEEN_EVERY = 80 /* seconds; after 90 the desk takes an agent for gone */ };

static const double inserts = .65, writes = .25; /* else a word that tells nothing */
static const char *const names[LK_AGENTS] = {"aino", "eero", "liisa"};

static const char *const vague[LK_LANG_COUNT] = {
    [LK_LANG_FI] = "Hei! Hoidan asian puolestasi ja palaan siihen vielä sähköpostilla.",
    [LK_LANG_SV] = "Hej! Jag tar hand om saken och återkommer per e-post.",
    [LK_LANG_EN] = "Hi! I will take care of it and get back to you by e-mail."};
static const char *const refusal[LK_LANG_COUNT] = {
    [LK_LANG_FI] = "Hei! Tätä meillä ei valitettavasti ole, emmekä voi auttaa siinä.",
    [LK_LANG_SV] = "Hej! Det här har vi tyvärr inte och kan inte hjälpa till med det.",
    [LK_LANG_EN] = "Hi! Unfortunately this is nothing that we have or can help with."};
static const char *const greeting[LK_LANG_COUNT] = {[LK_LANG_FI] = "Hei!", [LK_LANG_SV] = "Hej!", [LK_LANG_EN] = "Hi!"};

static lk_hours_status hours_now(const lk_world *w) {
  lk_hours_status status = {.open = true, .opens = w->now};
  if (w->shop.hours) lk_hours_at(w->shop.hours, w->now, &status);
  return status;
}

static size_t on_shift(int64_t moment) { return lk_local_time_of(moment).weekday >= LK_SATURDAY ? 1 : LK_AGENTS; }

lk_code lk_agents_be_there(lk_world *w) {
  lk_code code = LK_OK;
  if (!hours_now(w).open) return LK_OK;
  for (size_t i = 0; !code && i < on_shift(w->now); i++) {
    if (w->seen[i] && w->now - w->seen[i] < SEEN_EVERY) continue;
    w->seen[i] = w->now;
    code = lk_desk_arrive(w->shop.desk, lk_view_of(names[i]), w->now, &w->err);
  }
  return code;
}

/* ---- Taking ---- */

static size_t freest(const lk_world *w, int64_t moment) {
  size_t best = 0;
  for (size_t i = 1; i < on_shift(moment); i++)
    if (w->free_at[i] < w->free_at[best]) best = i;
  return best;
}

lk_code lk_agents_take_case(lk_world *w, lk_person *p, bool attended) {
  int64_t from = w->now, patience = lk_chance_wait(&w->chance, 900);
  if (!attended && !hours_now(w).open) from = hours_now(w).opens == LK_NEVER ? w->now : hours_now(w).opens;
  if (!attended) from += lk_chance_wait(&w->chance, 2400);
  p->agent = freest(w, from);
  int64_t claim = from + lk_chance_between(&w->chance, 10, 70);
  if (claim < w->free_at[p->agent]) claim = w->free_at[p->agent] + lk_chance_between(&w->chance, 5, 40);
  if (attended && claim - w->now > patience)
    return lk_world_plan(w, p, LK_HAPPENS_GIVE_UP, w->now + patience) ? LK_OK : w->err.code;
  w->free_at[p->agent] = claim + lk_chance_between(&w->chance, 120, 420);
  return lk_world_plan(w, p, LK_HAPPENS_CLAIM, claim) ? LK_OK : w->err.code;
}

lk_code lk_agent_claim(lk_world *w, lk_person *p) {
  lk_code code = lk_desk_arrive(w->shop.desk, lk_view_of(names[p->agent]), w->now, &w->err);
  if (code) return code;
  code = lk_desk_claim(w->shop.desk, p->case_id, lk_view_of(names[p->agent]), w->now, NULL, NULL, &w->err);
  if (code == LK_ERR_STATE) return LK_OK; /* the customer left in the meantime */
  if (code) return code;
  return lk_world_plan(w, p, LK_HAPPENS_REPLY, w->now + lk_chance_between(&w->chance, 25, 150)) ? LK_OK : w->err.code;
}

/* ---- Replying ---- */

static const lk_entry *article_of(const lk_kb *kb, const lk_person *p) {
  if (!kb || p->gold->kind != LK_GOLD_ENTRY || p->gold->label.ptr[0] == '@') return NULL;
  return lk_kb_entry(kb, p->gold->label, p->lang);
}

static bool in_own_words(const lk_entry *article, lk_lang lang, char *out, size_t room) {
  lk_view plain = article->answers[0].plain;
  size_t length = 0;
  while (length < plain.len && plain.ptr[length] != '\n') length++;
  return snprintf(out, room, "%s %.*s", greeting[lang], (int)length, plain.ptr) > 0;
}

typedef struct reply {
  char text[4000];
  lk_view entry; /* the suggestion that was inserted */
} reply;

static lk_code think_of_reply(lk_world *w, const lk_person *p, reply *out) {
  const lk_entry *article = article_of(w->kb, p), *known = article_of(w->known, p);
  double mood = lk_chance_share(&w->chance);
  out->entry = (lk_view){"", 0};
  if (article && mood < inserts) {
    char *text = lk_render(&article->answers[0], LK_RENDER_TEXT, NULL, 0, &w->err);
    if (!text) return w->err.code;
    (void)snprintf(out->text, sizeof out->text, "%s", text);
    free(text);
    out->entry = article->id;
  } else if ((article || known) && mood < inserts + writes) {
    (void)in_own_words(article ? article : known, p->lang, out->text, sizeof out->text);
  } else if (!article && known) {
    (void)in_own_words(known, p->lang, out->text, sizeof out->text);
  } else {
    (void)snprintf(out->text, sizeof out->text, "%s", p->gold->kind == LK_GOLD_NONE ? refusal[p->lang] : vague[p->lang]);
  }
  return LK_OK;
}

lk_code lk_agent_reply(lk_world *w, lk_person *p) {
  static const char *const thanks[LK_LANG_COUNT] = {"kiitos avusta!", "tack för hjälpen!", "thanks a lot!"};
  reply written;
  lk_code code = think_of_reply(w, p, &written);
  if (code) return code;
  lk_view agent = lk_view_of(names[p->agent]);
  lk_said said = {.author = LK_AUTHOR_AGENT, .text = lk_view_of(written.text), .agent = agent};
  lk_event event = {.type = LK_EVENT_AGENT_REPLIED,
                    .agent = agent,
                    .entry = written.entry,
                    .has_number = true,
                    .number = w->now - p->last_said};
  code = lk_world_post(w, p, &said, &event, false);
  w->replies++;
  if (!code && lk_chance_is(&w->chance, .4)) {
    p->next = LK_SAYS_WORDS;
    p->words = lk_view_of(thanks[p->lang]);
    if (!lk_world_plan(w, p, LK_HAPPENS_SPEAK, w->now + lk_chance_between(&w->chance, 8, 30))) return w->err.code;
  }
  if (code) return code;
  return lk_world_plan(w, p, LK_HAPPENS_CLOSE, w->now + lk_chance_between(&w->chance, 40, 200)) ? LK_OK : w->err.code;
}

lk_code lk_agent_close(lk_world *w, lk_person *p) {
  const lk_entry *article = article_of(w->known ? w->known : w->kb, p);
  lk_view kind = article && article->category.len ? article->category : LK_LIT("other");
  lk_code code = lk_desk_close(w->shop.desk, p->case_id, lk_view_of(names[p->agent]), kind, w->now, &w->err);
  if (code == LK_ERR_STATE) return LK_OK;
  p->over = true;
  if (code || !lk_chance_is(&w->chance, .45)) return code;
  return lk_world_plan(w, p, LK_HAPPENS_RATE, w->now + lk_chance_between(&w->chance, 10, 600)) ? LK_OK : w->err.code;
}
