#include "shop.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char DESK[] = "chat"; /* whose hours hold for a conversation */

static int64_t clock_now(void *self) {
  const lk_shop_clock *clock = self;
  return clock->fixed ? clock->fixed : (int64_t)time(NULL) + clock->offset;
}

int64_t lk_shop_now(const lk_shop *shop) {
  lk_shop_clock clock = shop->clock;
  return clock_now(&clock);
}

static void open_store(lk_shop *shop, const lk_shop_places *places, lk_shop_trouble *trouble, void *context) {
  lk_error err = {0};
  lk_store_options options = {.patience_ms = places->patience_ms};
  if (!places->store) return;
  shop->store = lk_store_open(places->store, &options, &err);
  if (shop->store) shop->desk = lk_desk_new(shop->store, shop->hours, NULL, &err);
  if (!shop->desk) trouble(context, "the conversation cannot be kept", &err);
}

static void open_orders(lk_shop *shop, const lk_shop_places *places, lk_shop_trouble *trouble, void *context) {
  lk_error err = {0};
  if (!places->orders) return;
  shop->orders = lk_orders_open(places->orders, NULL, &err);
  if (!shop->orders) {
    trouble(context, "orders cannot be looked at", &err);
    return;
  }
  shop->identity = lk_identity_open(places->identity, NULL, &err);
  if (shop->identity) return;
  trouble(context, "attempts to prove an order are counted for this session only", &err);
  shop->identity = lk_identity_open(":memory:", NULL, &err);
}

lk_code lk_shop_open(lk_shop *shop, lk_engine *engine, const lk_shop_places *places, lk_shop_trouble *trouble, void *context,
                     lk_error *err) {
  shop->engine = engine;
  lk_code code = lk_talk_hours(lk_engine_kb(engine), lk_view_of(DESK), &shop->hours, err);
  if (code) return code;
  shop->worker = lk_worker_new(engine, err);
  if (!shop->worker) return err && err->code ? err->code : LK_ERR_MEMORY;
  open_store(shop, places, trouble, context);
  open_orders(shop, places, trouble, context);
  shop->talk = (lk_talk){.worker = shop->worker,
                         .services = {.now = clock_now,
                                      .clock = &shop->clock,
                                      .orders = shop->orders,
                                      .identity = shop->identity,
                                      .desk = shop->desk},
                         .store = shop->desk ? shop->store : NULL,
                         .channel = lk_view_of(places->channel),
                         .memory = &shop->memory};
  return LK_OK;
}

void lk_shop_close(lk_shop *shop) {
  lk_talk_forget(&shop->memory);
  lk_desk_free(shop->desk);
  if (shop->store) lk_store_close(shop->store);
  if (shop->identity) lk_identity_close(shop->identity);
  lk_orders_free(shop->orders);
  lk_hours_free(shop->hours);
  lk_worker_free(shop->worker);
  *shop = (lk_shop){0};
}

/* ---- Folders ---- */

bool lk_scratch_make(char *out, size_t size, lk_error *err) {
  const char *root = getenv("TMPDIR");
  (void)snprintf(out, size, "%s/luukku-XXXXXX", root && *root ? root : "/tmp");
  if (mkdtemp(out)) return true;
  if (err) {
    *err = (lk_error){.code = LK_ERR_IO};
    (void)snprintf(err->message, sizeof err->message, "no folder can be made at %s: %s; set TMPDIR to one that can be written",
                   out, strerror(errno));
  }
  return false;
}

void lk_scratch_remove(const char *folder) {
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir && (entry = readdir(dir));) {
    char path[1024];
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path) (void)unlink(path);
  }
  if (dir) (void)closedir(dir);
  (void)rmdir(folder);
}
