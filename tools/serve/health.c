/* /healthz and /metrics. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "api.h"
#include "preview.h"

void lk_health_answer(lk_server *server, lk_request *request) {
  char trouble[512];
  size_t entries = 0;
  lk_content *content = lk_shelf_take(server->shelf);
  lk_shelf_trouble(server->shelf, trouble, sizeof trouble);
  lk_kb_entries(lk_engine_kb(content->engine), LK_LANG_NONE, &entries);
  bool stopping = atomic_load(&server->stopping), store = atomic_load(&server->store_failed);
  bool dictionary = lk_engine_has_dictionary(content->engine);
  const char *status = stopping ? "stopping" : store || trouble[0] || !dictionary ? "degraded" : "ok";
  json_t *kb = json_pack("{sI sI sI sb}", "loaded", (json_int_t)content->loaded, "entries", (json_int_t)entries, "generation",
                         (json_int_t)content->generation, "dictionary", dictionary);
  if (trouble[0]) json_object_set_new(kb, "trouble", json_string(trouble));
  json_t *health = json_pack("{ss ss so}", "status", status, "version", LUUKKU_VERSION, "kb", kb);
  if (store) json_object_set_new(health, "store", json_string("the last write failed; see the log"));
  lk_shelf_return(server->shelf, content);
  lk_api_answer(request, stopping || store ? 503 : 200, health);
}

void lk_metrics_answer_text(lk_server *server, lk_request *request) {
  lk_content *content = lk_shelf_take(server->shelf);
  struct rusage usage;
  size_t length = 0;
  uint64_t transactions, writes;
  getrusage(RUSAGE_SELF, &usage);
  lk_crew_written(server->crew, &transactions, &writes);
  lk_shelf *draft = server->preview ? lk_preview_shelf(server->preview) : NULL;
  char trouble[512] = "";
  if (draft) lk_shelf_trouble(draft, trouble, sizeof trouble);
  lk_gauge gauges[] = {
      {"luukku_connections", "connections open now", lk_http_connections(server->http)},
      {"luukku_streams", "event streams open now", (double)lk_hub_count(server->hub)},
      {"luukku_work_waiting", "requests that wait for a thread or are being answered", (double)lk_crew_waiting(server->crew)},
      {"luukku_store_commits", "transactions since the start: each one wait for the disk", (double)transactions},
      {"luukku_store_writes", "turns and other writes in them", (double)writes},
      {"luukku_kb_generation", "which knowledge base since the start", (double)content->generation},
      {"luukku_preview_generation", "which draft since the start; 0: none", draft ? (double)lk_shelf_generation(draft) : 0},
      {"luukku_preview_ok", "0 while the draft cannot be loaded", trouble[0] ? 0 : 1},
      {"luukku_kb_loaded_timestamp_seconds", "when it was loaded", (double)content->loaded},
      {"luukku_dictionary", "0 while Voikko's Finnish dictionary is missing", lk_engine_has_dictionary(content->engine) ? 1 : 0},
      {"luukku_peak_memory_bytes", "most memory used so far", (double)usage.ru_maxrss * 1024},
      {"luukku_store_ok", "0 after a write to the database has failed", atomic_load(&server->store_failed) ? 0 : 1},
  };
  lk_shelf_return(server->shelf, content);
  char *text = lk_metrics_text(&server->metrics, gauges, sizeof gauges / sizeof *gauges, &length);
  if (!text) {
    lk_api_wrong(request, 500, "internal", "the server lacks memory just now; try again");
    return;
  }
  lk_request_answer(request, 200, "text/plain; version=0.0.4; charset=utf-8", text, length);
}
