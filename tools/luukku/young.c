/* A snapshot of a knowledge base; for a young shop, cut back to each entry's first phrasings. The files are cut as text, with blanks in place of what is cut, so
 * that the places of findings stay right. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "weights.h"

typedef struct kb_file {
  char *path, *text;
} kb_file;

struct lk_snapshot {
  kb_file *items;
  size_t count, cap;
};

void lk_snapshot_free(lk_snapshot *list) {
  if (!list) return;
  for (size_t i = 0; i < list->count; i++) {
    free(list->items[i].path);
    free(list->items[i].text);
  }
  free(list->items);
  free(list);
}

/* ---- Cutting ---- */

static bool begins(const char *at, const char *word) { return strncmp(at, word, strlen(word)) == 0; }

static bool begins_entry(const char *at) {
  return begins(at, "<article") || begins(at, "<intent") || begins(at, "<chat") || begins(at, "<not-covered");
}

static char *end_of(char *at, const char *mark) {
  char *end = strstr(at, mark);
  return end ? end + strlen(mark) : at + strlen(at);
}

static void blank(char *from, const char *to) {
  for (; from < to; from++)
    if (*from != '\n') *from = ' ';
}

/* The question is the first phrasing; variants beyond `most` phrasings go. */
static void cut(char *text, size_t most) {
  size_t phrasings = 0;
  for (char *at = strchr(text, '<'); at; at = strchr(at, '<')) {
    char *next = at + 1;
    if (begins(at, "<!--")) next = end_of(at, "-->");
    if (begins(at, "<![CDATA[")) next = end_of(at, "]]>");
    if (begins_entry(at)) phrasings = 0;
    if (begins(at, "<question")) phrasings++;
    if (begins(at, "<variant")) {
      next = end_of(at, "</variant>");
      if (++phrasings > most) blank(at, next);
    }
    at = next;
  }
}

/* ---- Reading ---- */

static char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  struct stat stat;
  char *text = NULL;
  if (file && fstat(fileno(file), &stat) == 0 && stat.st_size >= 0 && (text = malloc((size_t)stat.st_size + 1)))
    text[fread(text, 1, (size_t)stat.st_size, file)] = '\0';
  if (file) (void)fclose(file);
  return text;
}

/* Takes `path` over when it succeeds. */
static bool add_file(lk_snapshot *list, char *path) {
  if (list->count == list->cap) {
    size_t cap = list->cap ? list->cap * 2 : 64;
    kb_file *grown = realloc(list->items, cap * sizeof *grown);
    if (!grown) return false;
    list->items = grown;
    list->cap = cap;
  }
  char *text = read_file(path);
  if (text) list->items[list->count++] = (kb_file){path, text};
  return text != NULL;
}

static bool add_folder(lk_snapshot *list, const char *folder);

static bool add_path(lk_snapshot *list, const char *folder, const char *name) {
  size_t size = strlen(folder) + strlen(name) + 2, length = strlen(name);
  char *path = malloc(size);
  if (!path) return false;
  (void)snprintf(path, size, "%s/%s", folder, name);
  struct stat stat_of;
  bool readable = name[0] != '.' && stat(path, &stat_of) == 0, fine = true, kept = false;
  if (readable && S_ISDIR(stat_of.st_mode)) fine = add_folder(list, path);
  if (readable && S_ISREG(stat_of.st_mode) && length > 4 && strcmp(name + length - 4, ".xml") == 0)
    fine = kept = add_file(list, path);
  if (!kept) free(path);
  return fine;
}

static bool add_folder(lk_snapshot *list, const char *folder) {
  struct dirent **names = NULL;
  int count = scandir(folder, &names, NULL, alphasort);
  bool fine = count >= 0;
  for (int i = 0; i < count; i++) {
    if (fine) fine = add_path(list, folder, names[i]->d_name);
    free(names[i]);
  }
  free(names);
  return fine;
}

lk_snapshot *lk_snapshot_take(const char *folder, size_t young) {
  lk_snapshot *snapshot = calloc(1, sizeof *snapshot);
  if (!snapshot || !add_folder(snapshot, folder)) {
    (void)fprintf(stderr, "luukku eval: error: %s cannot be read: %s; check the path\n", folder, strerror(errno));
    lk_snapshot_free(snapshot);
    return NULL;
  }
  for (size_t i = 0; young && i < snapshot->count; i++) cut(snapshot->items[i].text, young);
  return snapshot;
}

lk_engine *lk_snapshot_engine(const lk_snapshot *snapshot, const lk_weights *weights) {
  lk_error err = {.code = LK_ERR_MEMORY, .message = "out of memory; use a smaller knowledge base"};
  lk_source *sources = calloc(snapshot->count + 1, sizeof *sources);
  for (size_t i = 0; sources && i < snapshot->count; i++)
    sources[i] = (lk_source){snapshot->items[i].path, lk_view_of(snapshot->items[i].text)};
  lk_kb *kb = sources ? lk_kb_load_sources(sources, snapshot->count, NULL, &err) : NULL;
  lk_engine *engine = kb ? lk_engine_new(kb, &(lk_engine_options){.weights = weights}, &err) : NULL;
  if (!engine) (void)lk_complain("eval", &err);
  free(sources);
  return engine;
}
