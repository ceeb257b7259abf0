#include "collection/collection.h"

#include <stdlib.h>

#include "base/image_file.h"

void lk_collection_free(lk_collection *collection) {
  if (!collection) return;
  if (!collection->image.base) {
    lk_index_free(collection->index);
    lk_vocabulary_free(collection->vocabulary);
    free(collection->ids.bytes.items);
    free(collection->ids.starts.items);
  }
  lk_image_unmap(&collection->image);
  free(collection);
}

size_t lk_collection_documents(const lk_collection *c) { return lk_index_documents(c->index); }

lk_view lk_collection_id(const lk_collection *c, size_t document) {
  const uint64_t *starts = c->ids.starts.items + document;
  return (lk_view){c->ids.bytes.items + starts[0], starts[1] - starts[0]};
}

lk_lang lk_collection_lang(const lk_collection *c) { return c->lang; }
const lk_vocabulary *lk_collection_vocabulary(const lk_collection *c) { return c->vocabulary; }
const lk_index *lk_collection_index(const lk_collection *c) { return c->index; }
lk_analyzer_options lk_collection_analyzer(const lk_collection *c) { return (lk_analyzer_options){.no_voikko = c->no_voikko}; }
bool lk_collection_has_dictionary(const lk_collection *c) { return c->has_dictionary; }
