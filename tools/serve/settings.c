#include "settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

enum { LINE_MAX_BYTES = 4096 };

typedef enum kind { TEXT, NUMBER, SWITCH } kind;

typedef struct setting {
  const char *flag;
  kind kind;
  size_t offset;
  const char *text; /* standard value */
  long number, least, most;
  const char *about;
} setting;

static const setting table[] = {
#define ROW(member, flag, standard, about) {flag, TEXT, offsetof(lk_settings, member), standard, 0, 0, 0, about},
    LK_SETTING_TEXTS(ROW)
#undef ROW
#define ROW(member, flag, standard, least, most, about) \
  {flag, NUMBER, offsetof(lk_settings, member), NULL, standard, least, most, about},
        LK_SETTING_NUMBERS(ROW)
#undef ROW
#define ROW(member, flag, standard, about) {flag, SWITCH, offsetof(lk_settings, member), NULL, standard, 0, 1, about},
            LK_SETTING_SWITCHES(ROW)
#undef ROW
};
enum { COUNT = sizeof table / sizeof *table };

static const setting *find(const char *flag, size_t length) {
  for (size_t i = 0; i < COUNT; i++)
    if (strlen(table[i].flag) == length && memcmp(table[i].flag, flag, length) == 0) return &table[i];
  return NULL;
}

/* The member by its offset; memcpy, since the table knows no types. */
static void store(lk_settings *settings, const setting *s, const void *value, size_t size) {
  memcpy((char *)settings + s->offset, value, size);
}

static lk_code set_text(lk_settings *settings, const setting *s, const char *value, lk_error *err) {
  char *copy = strdup(value), *old;
  if (!copy) return lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  memcpy(&old, (char *)settings + s->offset, sizeof old);
  free(old);
  store(settings, s, &copy, sizeof copy);
  return LK_OK;
}

static lk_code set(lk_settings *settings, const setting *s, const char *value, const char *from, lk_error *err) {
  if (s->kind == TEXT) return set_text(settings, s, value, err);
  if (s->kind == SWITCH) {
    bool on = strcmp(value, "yes") == 0 || *value == '\0';
    if (!on && strcmp(value, "no") != 0)
      return lk_set_error(err, LK_ERR_INPUT, "%s: “%s” is neither yes nor no; write one of them", from, value);
    store(settings, s, &on, sizeof on);
    return LK_OK;
  }
  char *end;
  errno = 0;
  long number = strtol(value, &end, 10);
  if (errno || end == value || *end || number < s->least || number > s->most)
    return lk_set_error(err, LK_ERR_INPUT, "%s: “%s” cannot be used; write a whole number from %ld to %ld", from, value, s->least,
                        s->most);
  store(settings, s, &number, sizeof number);
  return LK_OK;
}

static lk_code set_standard(lk_settings *settings, lk_error *err) {
  lk_code code = LK_OK;
  for (size_t i = 0; i < COUNT && code == LK_OK; i++) {
    const setting *s = &table[i];
    if (s->kind == TEXT)
      code = set_text(settings, s, s->text ? s->text : LK_DEFAULT_KB, err);
    else if (s->kind == NUMBER)
      store(settings, s, &s->number, sizeof s->number);
    else
      store(settings, s, &(bool){s->number != 0}, sizeof(bool));
  }
  return code;
}

static lk_code read_environment(lk_settings *settings, lk_error *err) {
  for (size_t i = 0; i < COUNT; i++) {
    char name[64] = "LUUKKU_";
    size_t length = strlen(name);
    for (const char *c = table[i].flag; *c && length + 1 < sizeof name; c++)
      name[length++] = *c == '-' ? '_' : (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    name[length] = '\0';
    const char *value = getenv(name);
    lk_code code = value ? set(settings, &table[i], value, name, err) : LK_OK;
    if (code != LK_OK) return code;
  }
  return LK_OK;
}

static char *trim(char *text) {
  text += strspn(text, " \t\r\n");
  char *end = text + strlen(text);
  while (end > text && strchr(" \t\r\n", end[-1])) *--end = '\0';
  return text;
}

static lk_code read_line(lk_settings *settings, char *line, const char *file, int number, lk_error *err) {
  char from[300];
  snprintf(from, sizeof from, "%s:%d", file, number);
  line = trim(line);
  if (!*line || *line == '#') return LK_OK;
  char *equals = strchr(line, '=');
  if (!equals)
    return lk_set_error(err, LK_ERR_INPUT, "%s: this is no setting; write “name = value”, or # before a comment", from);
  *equals = '\0';
  char *name = trim(line);
  const setting *s = find(name, strlen(name));
  if (!s) return lk_set_error(err, LK_ERR_INPUT, "%s: there is no setting “%s”; “luukku serve --help” lists all", from, name);
  return set(settings, s, trim(equals + 1), from, err);
}

static lk_code read_file(lk_settings *settings, const char *file, lk_error *err) {
  FILE *in = fopen(file, "re");
  if (!in) return lk_set_error(err, LK_ERR_IO, "cannot read %s: %s; name a file that can be read", file, strerror(errno));
  char line[LINE_MAX_BYTES];
  lk_code code = LK_OK;
  for (int number = 1; code == LK_OK && fgets(line, sizeof line, in); number++) {
    if (!strchr(line, '\n') && !feof(in))
      code = lk_set_error(err, LK_ERR_INPUT, "%s:%d: the line is too long; shorten it", file, number);
    if (code == LK_OK) code = read_line(settings, line, file, number, err);
  }
  if (code == LK_OK && ferror(in))
    code = lk_set_error(err, LK_ERR_IO, "cannot read %s: %s; name a file that can be read", file, strerror(errno));
  fclose(in);
  return code;
}

/* Splits "--flag=value" or takes the next argument; a switch alone is a yes. */
static lk_code take_flag(lk_settings *settings, int argc, char **argv, int *at, const char **config, lk_error *err) {
  const char *argument = argv[*at];
  if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
    settings->help = true;
    return LK_OK;
  }
  if (strncmp(argument, "--", 2) != 0)
    return lk_set_error(err, LK_ERR_INPUT, "“%s” is not understood; “luukku serve --help” lists all settings", argument);
  size_t length = strcspn(argument + 2, "=");
  const char *value = argument[2 + length] == '=' ? argument + 3 + length : NULL;
  bool is_config = length == 6 && strncmp(argument + 2, "config", 6) == 0;
  const setting *s = find(argument + 2, length);
  if (!s && !is_config)
    return lk_set_error(err, LK_ERR_INPUT, "there is no setting “%s”; “luukku serve --help” lists all", argument);
  bool said = *at + 1 < argc && (strcmp(argv[*at + 1], "yes") == 0 || strcmp(argv[*at + 1], "no") == 0);
  if (!value && s && s->kind == SWITCH && !said) value = "";
  if (!value && *at + 1 < argc) value = argv[++*at];
  if (!value) return lk_set_error(err, LK_ERR_INPUT, "%s lacks its value; write it behind", argument);
  if (is_config) {
    if (config) *config = value;
    return LK_OK;
  }
  return config ? LK_OK : set(settings, s, value, argument, err);
}

lk_code lk_settings_read(lk_settings *settings, int argc, char **argv, lk_error *err) {
  memset(settings, 0, sizeof *settings);
  const char *config = getenv("LUUKKU_CONFIG");
  lk_code code = set_standard(settings, err);
  /* First only to find the file, since flags win over it. */
  for (int i = 1; code == LK_OK && i < argc; i++) code = take_flag(settings, argc, argv, &i, &config, err);
  if (code == LK_OK && config) code = read_file(settings, config, err);
  if (code == LK_OK) code = read_environment(settings, err);
  for (int i = 1; code == LK_OK && i < argc; i++) {
    if (strcmp(argv[i], "--config") == 0) {
      i++;
    } else if (strncmp(argv[i], "--config=", 9) != 0) {
      code = take_flag(settings, argc, argv, &i, NULL, err);
    }
  }
  return code;
}

void lk_settings_free(lk_settings *settings) {
  for (size_t i = 0; i < COUNT; i++) {
    char *text;
    if (table[i].kind != TEXT) continue;
    memcpy(&text, (char *)settings + table[i].offset, sizeof text);
    free(text);
  }
}

void lk_settings_print(FILE *out) {
  fputs("  --config FILE\n      a file with these settings, one a line as “name = value”; # begins a comment\n", out);
  for (size_t i = 0; i < COUNT; i++) {
    const setting *s = &table[i];
    fprintf(out, "  --%s %s\n      %s", s->flag, s->kind == TEXT ? "TEXT" : s->kind == NUMBER ? "NUMBER" : "[yes|no]", s->about);
    if (s->kind == NUMBER) fprintf(out, " (%ld; %ld to %ld)", s->number, s->least, s->most);
    if (s->kind == SWITCH) fprintf(out, " (%s)", s->number ? "yes" : "no");
    if (s->kind == TEXT && s->text && *s->text) fprintf(out, " (%s)", s->text);
    fputc('\n', out);
  }
  fputs("Each can also be set in the environment: --listen as LUUKKU_LISTEN, --body-bytes as LUUKKU_BODY_BYTES.\n", out);
}
