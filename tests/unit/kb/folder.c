/* Folders and files as they come: missing, unreadable, foreign, huge. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

typedef struct place {
  char folder[64];
} place;

static int make_place(void **state) {
  place *p = calloc(1, sizeof *p);
  if (!p) return -1;
  (void)strcpy(p->folder, "/tmp/luukku-kb-XXXXXX");
  *state = p;
  return mkdtemp(p->folder) ? 0 : -1;
}

static int remove_place(void **state) {
  place *p = *state;
  char command[128];
  (void)snprintf(command, sizeof command, "rm -rf '%s'", p->folder);
  int status = system(command);
  free(p);
  return status;
}

static void write_file(const place *p, const char *name, const char *text) {
  char path[256];
  (void)snprintf(path, sizeof path, "%s/%s", p->folder, name);
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  (void)fputs(text, out);
  (void)fclose(out);
}

static void make_folder(const place *p, const char *name) {
  char path[256];
  (void)snprintf(path, sizeof path, "%s/%s", p->folder, name);
  assert_int_equal(mkdir(path, 0755), 0);
}

static const char *load_error(const place *p, lk_findings *findings, lk_error *err) {
  assert_null(lk_kb_load(p->folder, findings, err));
  return lk_findings_count(findings) ? lk_findings_at(findings, 0)->code : "";
}

#define GOOD HEAD CATEGORY ARTICLE("a", "A?", "a") "</kb>"

static void a_kb_may_be_split_into_files_and_folders_in_any_way(void **state) {
  place *p = *state;
  make_folder(p, "fi");
  make_folder(p, "fi/deep");
  write_file(p, "categories.xml", HEAD CATEGORY "</kb>");
  write_file(p, "fi/a.xml", HEAD ARTICLE("a", "A?", "a") "</kb>");
  write_file(p, "fi/deep/b.XML", HEAD ARTICLE("b", "B?", "b") "</kb>");
  write_file(p, "fi/notes.txt", "not for the bot");
  write_file(p, "fi/.hidden.xml", "<not for the bot");
  write_file(p, "luukku.rng", "<grammar/>");
  lk_error err = {0};
  lk_kb *kb = lk_kb_load(p->folder, NULL, &err);
  if (!kb) fail_msg("%s: %s", err.file, err.message);
  size_t count;
  const lk_entry *entries = lk_kb_entries(kb, LK_LANG_FI, &count);
  assert_int_equal(count, 2);
  assert_non_null(strstr(entries[1].file, "/fi/deep/b.XML"));
  lk_kb_free(kb);
}

static void a_missing_folder_is_named(void **state) {
  (void)state;
  lk_error err = {0};
  assert_null(lk_kb_load("/nowhere/at/all", NULL, &err));
  assert_int_equal(err.code, LK_ERR_IO);
  assert_string_equal(err.file, "/nowhere/at/all");
  assert_non_null(strstr(err.message, "does not exist"));
}

static void a_file_is_no_folder(void **state) {
  place *p = *state;
  write_file(p, "kb.xml", GOOD);
  char path[128];
  (void)snprintf(path, sizeof path, "%s/kb.xml", p->folder);
  lk_error err = {0};
  assert_null(lk_kb_load(path, NULL, &err));
  assert_int_equal(err.code, LK_ERR_IO);
  assert_non_null(strstr(err.message, "no folder"));
}

static void a_folder_without_xml_is_no_kb(void **state) {
  place *p = *state;
  write_file(p, "readme.txt", "hello");
  lk_error err = {0};
  assert_null(lk_kb_load(p->folder, NULL, &err));
  assert_int_equal(err.code, LK_ERR_INPUT);
  assert_non_null(strstr(err.message, "no XML file"));
}

static void one_bad_file_spoils_the_whole(void **state) {
  place *p = *state;
  write_file(p, "a.xml", GOOD);
  write_file(p, "b.xml", "<kb");
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  (void)load_error(p, findings, &err);
  assert_int_equal(err.code, LK_ERR_INPUT);
  assert_non_null(strstr(err.file, "/b.xml"));
  lk_findings_free(findings);
}

/* Sparse: reading it would take its hundred megabytes of memory. */
static void a_file_of_a_hundred_megabytes_is_refused_unread(void **state) {
  place *p = *state;
  write_file(p, "big.xml", GOOD);
  char path[128];
  (void)snprintf(path, sizeof path, "%s/big.xml", p->folder);
  assert_int_equal(truncate(path, 100 << 20), 0);
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  assert_string_equal(load_error(p, findings, &err), "file-too-large");
  lk_findings_free(findings);
}

static void a_pipe_or_folder_with_an_xml_name_does_not_stop_the_reading(void **state) {
  place *p = *state;
  char path[128];
  (void)snprintf(path, sizeof path, "%s/pipe.xml", p->folder);
  assert_int_equal(mkfifo(path, 0600), 0);
  make_folder(p, "folder.xml");
  write_file(p, "folder.xml/a.xml", GOOD);
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  assert_string_equal(load_error(p, findings, &err), "unreadable");
  assert_int_equal(lk_findings_errors(findings), 1);
  lk_findings_free(findings);
}

static void a_link_to_nowhere_is_an_unreadable_file(void **state) {
  place *p = *state;
  char path[128];
  (void)snprintf(path, sizeof path, "%s/gone.xml", p->folder);
  assert_int_equal(symlink("/nowhere/a.xml", path), 0);
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  assert_string_equal(load_error(p, findings, &err), "unreadable");
  lk_findings_free(findings);
}

static void links_between_folders_are_not_followed(void **state) {
  place *p = *state;
  write_file(p, "a.xml", GOOD);
  char path[128];
  (void)snprintf(path, sizeof path, "%s/again", p->folder);
  assert_int_equal(symlink(".", path), 0);
  lk_kb *kb = lk_kb_load(p->folder, NULL, NULL);
  assert_non_null(kb);
  lk_kb_free(kb);
}

static void an_unreadable_file_is_an_error(void **state) {
  place *p = *state;
  if (geteuid() == 0) skip(); /* root reads everything */
  write_file(p, "a.xml", GOOD);
  char path[128];
  (void)snprintf(path, sizeof path, "%s/a.xml", p->folder);
  assert_int_equal(chmod(path, 0), 0);
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  assert_string_equal(load_error(p, findings, &err), "unreadable");
  lk_findings_free(findings);
}

static void folders_nested_too_deeply_are_an_error(void **state) {
  place *p = *state;
  char name[64] = "";
  for (int depth = 0; depth < 10; depth++) {
    (void)strcat(name, depth ? "/d" : "d");
    make_folder(p, name);
  }
  write_file(p, "a.xml", GOOD);
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  assert_string_equal(load_error(p, findings, &err), "too-deep");
  lk_findings_free(findings);
}

#define IN_A_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_A_PLACE(a_kb_may_be_split_into_files_and_folders_in_any_way),
      cmocka_unit_test(a_missing_folder_is_named),
      IN_A_PLACE(a_file_is_no_folder),
      IN_A_PLACE(a_folder_without_xml_is_no_kb),
      IN_A_PLACE(one_bad_file_spoils_the_whole),
      IN_A_PLACE(a_file_of_a_hundred_megabytes_is_refused_unread),
      IN_A_PLACE(a_pipe_or_folder_with_an_xml_name_does_not_stop_the_reading),
      IN_A_PLACE(a_link_to_nowhere_is_an_unreadable_file),
      IN_A_PLACE(links_between_folders_are_not_followed),
      IN_A_PLACE(an_unreadable_file_is_an_error),
      IN_A_PLACE(folders_nested_too_deeply_are_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
