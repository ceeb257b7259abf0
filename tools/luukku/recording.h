/* A conversation of the REPL kept as a script: what was said, and of each reply what a script expects. */
#ifndef LK_RECORDING_H
#define LK_RECORDING_H

#include <stdint.h>

#include "luukku/dialogue.h"

/* Zero-initialise; lk_recording_clear frees. What memory has no room for is left out, and then the recording cannot be saved. */
typedef struct lk_recording {
  char *text;
  size_t len, cap;
  int64_t time; /* that the script's clock shows */
  bool failed;
} lk_recording;

void lk_recording_begin(lk_recording *r, int64_t now, lk_lang lang, const lk_turn *greeting);
void lk_recording_turn(lk_recording *r, int64_t now, lk_view said, const lk_turn *turn);
void lk_recording_lang(lk_recording *r, lk_lang lang); /* LK_LANG_NONE: detected from now on */
/* False, and errno, when the file cannot be written. */
bool lk_recording_save(const lk_recording *r, const char *path);
void lk_recording_clear(lk_recording *r);

#endif
