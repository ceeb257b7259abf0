#include "luukku/backend.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/utf8.h"
#include "orders/http/message.h"
#include "orders/http/transfer.h"

enum { TIMEOUT_MS = 3000, TRIES = 3, TRIES_MAX = 10, SECRET_MIN = 32, ANSWER_MAX = 1 << 20 };

typedef struct backend {
  lk_transfer transfer;
  CURL *curl;
  char *url; /* without a slash at its end */
  unsigned char *secret;
  size_t secret_len;
  int timeout_ms, tries;
  int64_t (*clock)(void *context);
  void *clock_context;
} backend;

static int64_t system_clock(void *context) {
  (void)context;
  return (int64_t)time(NULL);
}

/* ---- One request ---- */

static size_t take_answer(char *bytes, size_t size, size_t count, void *context) {
  lk_buffer *answer = context;
  lk_buffer_add(answer, (lk_view){bytes, size * count});
  return answer->failed ? 0 : size * count; /* ends the transfer */
}

/* "sha256=…" over timestamp, operation and body. */
static void sign(const backend *b, const char *timestamp, const char *operation, lk_view body, char out[80]) {
  crypto_auth_hmacsha256_state state;
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_init(&state, b->secret, b->secret_len);
  crypto_auth_hmacsha256_update(&state, (const unsigned char *)timestamp, strlen(timestamp));
  crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
  crypto_auth_hmacsha256_update(&state, (const unsigned char *)operation, strlen(operation));
  crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
  crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.ptr, body.len);
  crypto_auth_hmacsha256_final(&state, mac);
  char hex[2 * sizeof mac + 1];
  sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
  (void)snprintf(out, 80, "sha256=%s", hex);
}

static bool add_header(const backend *b, struct curl_slist **headers, const char *name, const char *value) {
  char line[256];
  (void)snprintf(line, sizeof line, "%s: %s", name, value);
  struct curl_slist *longer = b->transfer.slist_append(*headers, line);
  if (longer) *headers = longer;
  return longer != NULL;
}

/* A key goes into a header only when it is plain: a line break in it would be a header of its own. */
static bool is_plain(lk_view text) {
  for (size_t i = 0; i < text.len; i++)
    if (text.ptr[i] <= ' ' || text.ptr[i] > '~') return false;
  return text.len > 0;
}

static bool make_headers(const backend *b, const char *operation, lk_view body, lk_view key, struct curl_slist **out) {
  char timestamp[24], signature[80], plain_key[LK_ORDER_KEY_MAX + 1];
  (void)snprintf(timestamp, sizeof timestamp, "%lld", (long long)b->clock(b->clock_context));
  sign(b, timestamp, operation, body, signature);
  bool good = add_header(b, out, "Content-Type", "application/json") && add_header(b, out, "Accept", "application/json") &&
              add_header(b, out, "Luukku-Timestamp", timestamp) && add_header(b, out, "Luukku-Signature", signature) &&
              add_header(b, out, "Expect", "");
  if (!good || !is_plain(key) || key.len > LK_ORDER_KEY_MAX) return good;
  (void)snprintf(plain_key, sizeof plain_key, "%.*s", LK_FMT(key));
  return add_header(b, out, "Idempotency-Key", plain_key);
}

/* One try; *status is 0 when there was no answer. */
static CURLcode send_once(backend *b, const char *url, lk_view body, const struct curl_slist *headers, lk_buffer *answer,
                          long *status) {
  lk_buffer_clear(answer);
  *status = 0;
  b->transfer.easy_reset(b->curl);
  b->transfer.easy_setopt(b->curl, CURLOPT_URL, url);
  b->transfer.easy_setopt(b->curl, CURLOPT_POST, 1L);
  b->transfer.easy_setopt(b->curl, CURLOPT_POSTFIELDS, body.ptr);
  b->transfer.easy_setopt(b->curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
  b->transfer.easy_setopt(b->curl, CURLOPT_HTTPHEADER, headers);
  b->transfer.easy_setopt(b->curl, CURLOPT_TIMEOUT_MS, (long)b->timeout_ms);
  b->transfer.easy_setopt(b->curl, CURLOPT_NOSIGNAL, 1L);
  b->transfer.easy_setopt(b->curl, CURLOPT_FOLLOWLOCATION, 0L);
  b->transfer.easy_setopt(b->curl, CURLOPT_PROTOCOLS_STR, "http,https");
  b->transfer.easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, take_answer);
  b->transfer.easy_setopt(b->curl, CURLOPT_WRITEDATA, answer);
  CURLcode result = b->transfer.easy_perform(b->curl);
  if (result == CURLE_OK) b->transfer.easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, status);
  return result;
}

/* Nothing can have been done at the other end. */
static bool was_never_connected(CURLcode result) {
  return result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_COULDNT_RESOLVE_PROXY || result == CURLE_COULDNT_CONNECT;
}

static bool may_try_again(CURLcode result, long status, bool reads) {
  if (was_never_connected(result)) return true;
  if (!reads) return false;
  if (result != CURLE_OK)
    return result != CURLE_WRITE_ERROR && result != CURLE_OUT_OF_MEMORY && result != CURLE_PEER_FAILED_VERIFICATION;
  return status == 429 || status == 502 || status == 503 || status == 504;
}

static const long pause_ns = 100000000; /* before the second try, and twice that before the third */

static void pause_before(int try) {
  const struct timespec pause = {try * pause_ns / 1000000000, try * pause_ns % 1000000000};
  (void)nanosleep(&pause, NULL);
}

static lk_code judge(const backend *b, CURLcode result, long status, const char *operation, lk_error *err) {
  if (result == CURLE_OUT_OF_MEMORY) return lk_fail_memory(err);
  if (result == CURLE_WRITE_ERROR)
    return lk_fail(err, LK_ERR_BACKEND, "the shop's backend answered %s with more than %d bytes; shorten the answer", operation,
                   ANSWER_MAX);
  if (result != CURLE_OK)
    return lk_fail(err, LK_ERR_BACKEND, "the shop's backend did not answer %s (%s); check that it runs and its address",
                   operation, b->transfer.easy_strerror(result));
  if (status == 401 || status == 403)
    return lk_fail(err, LK_ERR_BACKEND, "the shop's backend refused the signature of %s; compare the secrets and the clocks",
                   operation);
  if (status != 200 && status != 404)
    return lk_fail(err, LK_ERR_BACKEND, "the shop's backend answered %s with status %ld; look into its log", operation, status);
  return LK_OK;
}

/* Sends until there is an answer or no sense in trying again. */
static lk_code exchange(backend *b, const char *operation, lk_view body, lk_view key, bool reads, lk_buffer *answer, long *status,
                        lk_error *err) {
  char url[1024];
  if (snprintf(url, sizeof url, "%s/%s", b->url, operation) >= (int)sizeof url)
    return lk_fail(err, LK_ERR_INPUT, "the backend's address is too long; shorten it");
  struct curl_slist *headers = NULL;
  CURLcode result = CURLE_OUT_OF_MEMORY;
  if (make_headers(b, operation, body, key, &headers))
    for (int try = 0; try < b->tries; try++) {
      if (try > 0) pause_before(try);
      result = send_once(b, url, body, headers, answer, status);
      if (!may_try_again(result, *status, reads)) break;
    }
  b->transfer.slist_free_all(headers);
  return judge(b, result, *status, operation, err);
}

/* Sends `request` (which it frees) and gives the answer's object, or NULL with LK_OK when the backend does not offer the operation. */
static lk_code call(backend *b, const char *operation, json_t *request, lk_view key, bool reads, json_t **out, lk_error *err) {
  *out = NULL;
  char *body = request ? json_dumps(request, JSON_COMPACT) : NULL;
  json_decref(request);
  if (!body) return lk_fail_memory(err);
  lk_buffer answer = {.limit = ANSWER_MAX};
  long status = 0;
  lk_code code = exchange(b, operation, lk_view_of(body), key, reads, &answer, &status, err);
  free(body);
  if (code == LK_OK && status == 200) {
    lk_view text = lk_buffer_view(&answer);
    *out = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(*out)) {
      json_decref(*out);
      *out = NULL;
      code = lk_fail(err, LK_ERR_BACKEND, "the shop's backend answered %s with something that is no JSON object; mend it there",
                     operation);
    }
  }
  lk_buffer_free(&answer);
  return code;
}

/* Ends the reading of an answer. */
static lk_code end(json_t *answer, const lk_message *m, const char *operation, lk_error *err) {
  json_decref(answer);
  if (m->memory_out) return lk_fail_memory(err);
  if (m->wrong)
    return lk_fail(err, LK_ERR_BACKEND,
                   "the shop's backend answered %s with a wrong or missing member `%s`; see luukku/backend.h", operation,
                   m->wrong);
  return LK_OK;
}

/* ---- The provider's functions ---- */

static json_t *names(const char *first, lk_view a, const char *second, lk_view b) {
  json_t *request = json_object();
  bool good = request && json_object_set_new(request, first, json_stringn(a.ptr ? a.ptr : "", a.len)) == 0 &&
              (!second || json_object_set_new(request, second, json_stringn(b.ptr ? b.ptr : "", b.len)) == 0);
  if (good) return request;
  json_decref(request);
  return NULL;
}

static json_t *limited(json_t *request, size_t limit) {
  if (!request || json_object_set_new(request, "limit", json_integer((json_int_t)limit)) == 0) return request;
  json_decref(request);
  return NULL;
}

static const lk_view none = {"", 0};

static lk_code verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err) {
  *out = LK_PROOF_NONE;
  json_t *request = names("number", number, "proof", proof), *answer;
  if (!request) request = json_object(); /* broken UTF-8 proves nothing, and is sent all the same */
  lk_code code = call(self, "verify", request, none, true, &answer, err);
  if (!answer) return code;
  const char *found = json_string_value(json_object_get(answer, "proof"));
  if (found && strcmp(found, "email") == 0) *out = LK_PROOF_EMAIL;
  if (found && strcmp(found, "postcode") == 0) *out = LK_PROOF_POSTCODE;
  json_decref(answer);
  return LK_OK;
}

static lk_code order(void *self, lk_view number, lk_arena *arena, lk_order **out, lk_error *err) {
  json_t *answer;
  lk_code code = call(self, "order", names("number", number, NULL, none), none, true, &answer, err);
  if (!answer) return code;
  lk_message m = {.arena = arena};
  lk_order *found = lk_message_order(&m, json_object_get(answer, "order"));
  code = end(answer, &m, "order", err);
  if (code == LK_OK) *out = found;
  return code;
}

static lk_code history(void *self, lk_view customer, size_t limit, lk_arena *arena, lk_order **out, size_t *count,
                       lk_error *err) {
  json_t *answer;
  lk_code code = call(self, "history", limited(names("customer", customer, NULL, none), limit), none, true, &answer, err);
  if (!answer) return code;
  lk_message m = {.arena = arena};
  size_t found;
  lk_order *orders = lk_message_orders(&m, json_object_get(answer, "orders"), &found);
  code = end(answer, &m, "history", err);
  if (code != LK_OK) return code;
  *out = orders;
  *count = found < limit ? found : limit;
  return LK_OK;
}

static lk_code invoice(void *self, lk_view number, lk_arena *arena, lk_invoice **out, lk_error *err) {
  json_t *answer;
  lk_code code = call(self, "invoice", names("number", number, NULL, none), none, true, &answer, err);
  if (!answer) return code;
  lk_message m = {.arena = arena};
  lk_invoice *found = lk_message_invoice(&m, json_object_get(answer, "invoice"));
  code = end(answer, &m, "invoice", err);
  if (code == LK_OK) *out = found;
  return code;
}

static lk_code product(void *self, lk_view sku, lk_arena *arena, lk_product **out, lk_error *err) {
  json_t *answer;
  lk_code code = call(self, "product", names("sku", sku, NULL, none), none, true, &answer, err);
  if (!answer) return code;
  lk_message m = {.arena = arena};
  lk_product *found = lk_message_product(&m, json_object_get(answer, "product"));
  code = end(answer, &m, "product", err);
  if (code == LK_OK) *out = found;
  return code;
}

static lk_code products(backend *b, const char *operation, json_t *request, size_t limit, lk_arena *arena, lk_product **out,
                        size_t *count, lk_error *err) {
  json_t *answer;
  lk_code code = call(b, operation, limited(request, limit), none, true, &answer, err);
  if (!answer) return code;
  lk_message m = {.arena = arena};
  size_t found;
  lk_product *list = lk_message_products(&m, json_object_get(answer, "products"), &found);
  code = end(answer, &m, operation, err);
  if (code != LK_OK) return code;
  *out = list;
  *count = found < limit ? found : limit;
  return LK_OK;
}

static lk_code search(void *self, lk_view text, size_t limit, lk_arena *arena, lk_product **out, size_t *count, lk_error *err) {
  if (!lk_utf8_valid(text)) return LK_OK; /* JSON cannot say it, and no product is called so */
  return products(self, "search", names("text", text, NULL, none), limit, arena, out, count, err);
}

static lk_code related(void *self, lk_view sku, lk_relation relation, size_t limit, lk_arena *arena, lk_product **out,
                       size_t *count, lk_error *err) {
  static const char *const relations[] = {"accessory", "similar", "size"};
  return products(self, "related", names("sku", sku, "relation", lk_view_of(relations[relation])), limit, arena, out, count, err);
}

static lk_code perform(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out, lk_error *err) {
  json_t *answer;
  lk_code code = call(self, "perform", lk_message_request(request), request->key, false, &answer, err);
  if (code == LK_OK && !answer) out->reason = LK_REASON_UNSUPPORTED;
  if (!answer) return code;
  lk_message m = {.arena = arena};
  lk_order_outcome outcome = *out;
  lk_message_outcome(&m, answer, &outcome);
  code = end(answer, &m, "perform", err);
  if (code == LK_OK) *out = outcome;
  return code;
}

/* ---- Opening ---- */

/* Plain http would show orders to whoever listens; on this machine nobody does. */
static bool is_safe_address(const char *url) {
  static const char *const local[] = {"http://localhost", "http://127.0.0.1", "http://[::1]"};
  if (strncmp(url, "https://", 8) == 0) return url[8] != '\0';
  for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
    size_t len = strlen(local[i]);
    if (strncmp(url, local[i], len) == 0 && (url[len] == '\0' || url[len] == ':' || url[len] == '/') && !strchr(url, '@'))
      return true;
  }
  return false;
}

static void free_backend(void *self) {
  backend *b = self;
  if (!b) return;
  if (b->curl) b->transfer.easy_cleanup(b->curl);
  if (b->secret) sodium_memzero(b->secret, b->secret_len);
  free(b->secret);
  free(b->url);
  free(b);
}

static backend *new_backend(const lk_backend_options *options, const lk_transfer *transfer) {
  backend *b = calloc(1, sizeof *b);
  if (!b) return NULL;
  b->transfer = *transfer;
  b->url = strdup(options->url);
  b->secret = malloc(options->secret.len);
  b->secret_len = options->secret.len;
  b->curl = sodium_init() < 0 ? NULL : b->transfer.easy_init();
  b->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
  b->tries = options->tries > 0 ? options->tries : TRIES;
  if (b->tries > TRIES_MAX) b->tries = TRIES_MAX;
  b->clock = options->clock ? options->clock : system_clock;
  b->clock_context = options->clock_context;
  if (!b->url || !b->secret || !b->curl) {
    free_backend(b);
    return NULL;
  }
  memcpy(b->secret, options->secret.ptr, b->secret_len);
  for (size_t len = strlen(b->url); len && b->url[len - 1] == '/'; len--) b->url[len - 1] = '\0';
  return b;
}

lk_order_book *lk_backend_open(const lk_backend_options *options, lk_error *err) {
  if (!options->url || !is_safe_address(options->url)) {
    (void)lk_fail(err, LK_ERR_INPUT, "the backend's address is not safe; use https (http only on this machine)");
    return NULL;
  }
  if (options->secret.len < SECRET_MIN) {
    (void)lk_fail(err, LK_ERR_INPUT, "the backend's secret has %zu bytes; use at least %d random ones", options->secret.len,
                  SECRET_MIN);
    return NULL;
  }
  lk_transfer transfer;
  if (!lk_transfer_open(&transfer)) {
    (void)lk_fail(err, LK_ERR_BACKEND, "libcurl, which calls the shop's backend, is missing; install libcurl4");
    return NULL;
  }
  lk_order_book *book = calloc(1, sizeof *book);
  backend *b = book ? new_backend(options, &transfer) : NULL;
  if (!b) {
    free(book);
    (void)lk_fail_memory(err);
    return NULL;
  }
  *book = (lk_order_book){b, verify, order, history, invoice, perform, product, search, related, free_backend};
  return book;
}
