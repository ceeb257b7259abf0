#ifndef LK_COLLECTION_COLLECTION_H
#define LK_COLLECTION_COLLECTION_H

#include "base/image.h"
#include "luukku/collection.h"

/* Identifiers in one block: that of document d is bytes[starts[d]] to bytes[starts[d + 1]]. */
typedef struct lk_identifiers {
  struct {
    char *items;
    size_t count, cap;
  } bytes;
  struct { /* one more than there are documents */
    uint64_t *items;
    size_t count, cap;
  } starts;
} lk_identifiers;

struct lk_collection {
  lk_lang lang;
  bool no_voikko, has_dictionary;
  lk_vocabulary *vocabulary;
  lk_index *index;
  lk_identifiers ids;
  lk_image image; /* of a file; then everything above is in it */
};

/* For a test that changes an image's bytes: gives them the checksum that fits. */
void lk_collection_seal(char *bytes, size_t size);

#endif
