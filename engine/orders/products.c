/* Products: by SKU, by something like their name, and what goes with them. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "orders/book.h"

static void read_row(lk_query *q, lk_product *p, lk_arena *arena) {
  *p = (lk_product){.sku = lk_column_text(q, 0, arena),
                    .name = lk_column_text(q, 1, arena),
                    .size = lk_column_text(q, 2, arena),
                    .family = lk_column_text(q, 3, arena),
                    .category = lk_column_text(q, 4, arena),
                    .link = lk_column_text(q, 5, arena),
                    .price = lk_column_int(q, 6),
                    .stock = lk_column_int(q, 7),
                    .restock = lk_column_int(q, 8),
                    .warranty_months = lk_column_int(q, 9),
                    .returnable = lk_column_text(q, 10, arena)};
}

lk_code lk_book_product(void *self, lk_view sku, lk_arena *arena, lk_product **out, lk_error *err) {
  lk_book *book = self;
  lk_query q = lk_query_begin(&book->sql, LK_READ_PRODUCT, err);
  lk_query_text(&q, sku);
  lk_product *product = NULL;
  if (lk_query_row(&q)) {
    product = LK_NEW(arena, lk_product);
    if (product)
      read_row(&q, product, arena);
    else
      q.code = lk_fail_memory(err);
  }
  lk_code code = lk_query_end(&q);
  if (code == LK_OK) *out = product;
  return code;
}

lk_code lk_book_related(void *self, lk_view sku, lk_relation relation, size_t limit, lk_arena *arena, lk_product **out,
                        size_t *count, lk_error *err) {
  lk_book *book = self;
  lk_statement number = relation == LK_RELATION_ACCESSORY ? LK_READ_ACCESSORIES
                        : relation == LK_RELATION_SIZE    ? LK_READ_SIZES
                                                          : LK_READ_SIMILAR;
  lk_product *products = LK_NEW_ARRAY(arena, lk_product, limit);
  if (!products) return lk_fail_memory(err);
  lk_query q = lk_query_begin(&book->sql, number, err);
  lk_query_text(&q, sku);
  lk_query_int(&q, (int64_t)limit);
  size_t found = 0;
  while (found < limit && lk_query_row(&q)) read_row(&q, &products[found++], arena);
  lk_code code = lk_query_end(&q);
  if (code == LK_OK) {
    *out = products;
    *count = found;
  }
  return code;
}

/* ---- Search ---- */

/* Changes whenever another connection has written; this one's own writes are counted beside. */
static int64_t data_version(lk_book *book) {
  int64_t version = 0;
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(book->sql.db, "PRAGMA data_version", -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    version = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return version;
}

/* Reads all names: their hash into *content, and into `index` when there is one. */
static lk_code read_names(lk_book *book, lk_name_index *index, uint64_t *content, lk_error *err) {
  lk_query q = lk_query_begin(&book->sql, LK_READ_NAMES, err);
  lk_buffer text = {0};
  uint64_t hash = 0;
  while (lk_query_row(&q)) {
    lk_view sku = lk_column_view(&q, 0), name = lk_column_view(&q, 1), size = lk_column_view(&q, 2),
            family = lk_column_view(&q, 3);
    lk_buffer_clear(&text);
    lk_buffer_add(&text, name);
    lk_buffer_addc(&text, ' ');
    lk_buffer_add(&text, size);
    bool added = !text.failed && (!index || lk_name_index_add(index, sku, lk_buffer_view(&text), family));
    if (!added && q.code == LK_OK) q.code = lk_fail_memory(err);
    hash = hash * 31 + lk_hash(sku) * 7 + lk_hash(lk_buffer_view(&text)) * 3 + lk_hash(family);
  }
  lk_buffer_free(&text);
  *content = hash;
  return lk_query_end(&q);
}

static lk_code build_names(lk_book *book, lk_error *err) {
  lk_name_index *index = lk_name_index_new();
  if (!index) return lk_fail_memory(err);
  uint64_t content = 0;
  lk_code code = read_names(book, index, &content, err);
  if (code == LK_OK && !lk_name_index_freeze(index)) code = lk_fail_memory(err);
  if (code != LK_OK) {
    lk_name_index_free(index);
    return code;
  }
  lk_name_index_free(book->names);
  book->names = index;
  book->names_content = content;
  return LK_OK;
}

/* Orders come in all the time while names hardly change: after any write the names are read again, but indexed only when they differ. */
static lk_code refresh_names(lk_book *book, lk_error *err) {
  int64_t version = data_version(book), changes = sqlite3_total_changes64(book->sql.db);
  if (book->names && version == book->names_version && changes == book->names_changes) return LK_OK;
  uint64_t content = 0;
  lk_code code = book->names ? read_names(book, NULL, &content, err) : LK_OK;
  if (code == LK_OK && (!book->names || content != book->names_content)) code = build_names(book, err);
  if (code != LK_OK) return code;
  book->names_version = version;
  book->names_changes = changes;
  return LK_OK;
}

enum { HITS_MAX = 100 };
/* Below this what is shared is chance. */
static const double least_match = 0.25;

lk_code lk_book_search(void *self, lk_view text, size_t limit, lk_arena *arena, lk_product **out, size_t *count, lk_error *err) {
  lk_book *book = self;
  lk_code code = refresh_names(book, err);
  if (code != LK_OK) return code;
  lk_name_hit hits[HITS_MAX];
  size_t found = lk_name_index_search(book->names, text, least_match, hits, limit < HITS_MAX ? limit : HITS_MAX), kept = 0;
  lk_product *products = LK_NEW_ARRAY(arena, lk_product, found);
  if (!products) return lk_fail_memory(err);
  for (size_t i = 0; code == LK_OK && i < found; i++) {
    lk_product *product = NULL;
    code = lk_book_product(book, lk_name_index_key(book->names, hits[i].name), arena, &product, err);
    if (!product) continue; /* taken off sale since */
    products[kept] = *product;
    products[kept++].match = hits[i].score;
  }
  if (code != LK_OK) return code;
  *out = products;
  *count = kept;
  return LK_OK;
}
