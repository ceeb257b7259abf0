/* Runs a fuzz target once over every file of the folders named: its seeds, and whatever once made it fail. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "target.h"

static int replay_file(const char *folder, const char *name) {
  char path[1024];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *in = fopen(path, "rb");
  uint8_t *bytes = in ? malloc(8 << 20) : NULL;
  if (!bytes) {
    perror(path);
    if (in) (void)fclose(in);
    return 1;
  }
  size_t size = fread(bytes, 1, 8 << 20, in);
  (void)fclose(in);
  (void)fprintf(stderr, "%s (%zu bytes)\n", path, size);
  (void)LLVMFuzzerTestOneInput(bytes, size);
  free(bytes);
  return 0;
}

static int replay_folder(const char *folder) {
  struct dirent **names;
  int count = scandir(folder, &names, NULL, alphasort), failed = count < 3; /* with . and .. */
  for (int i = 0; i < count; i++) {
    if (names[i]->d_name[0] != '.') failed |= replay_file(folder, names[i]->d_name);
    free(names[i]);
  }
  if (count >= 0) free(names);
  return failed;
}

int main(int argc, char **argv) {
  int failed = argc < 2;
  for (int i = 1; i < argc; i++) failed |= replay_folder(argv[i]);
  return failed;
}
