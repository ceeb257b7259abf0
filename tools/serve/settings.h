/* What the server can be told: by flags, by the environment, by one file. All settings stand in one table (settings.c). A flag wins over the environment, the
 * environment over the file, the file over what is built in. */
#ifndef LUUKKU_SERVE_SETTINGS_H
#define LUUKKU_SERVE_SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "luukku/error.h"

/* X(member, flag, standard value, what it is) */
#define LK_SETTING_TEXTS(X)                                                                                                  \
  X(listen, "listen", "127.0.0.1:8080", "address and port to listen on; port 0 takes a free one")                            \
  X(kb, "kb", NULL, "folder of the knowledge base")                                                                          \
  X(index, "index", "",                                                                                                      \
    "index file that luukku index made of the knowledge base: starts in milliseconds; when it does not fit, it is not used") \
  X(preview, "preview", "", "folder of a draft of the knowledge base that editors try at /desk/preview; none: no preview")   \
  X(db, "db", "luukku.db", "file of conversations, made when it is not there")                                               \
  X(orders, "orders", "", "file of the order book; none: orders cannot be looked up")                                        \
  X(accounts, "accounts", "", "file of agents and their sessions; standard: the conversations' file with .agents behind it") \
  X(key, "key", "",                                                                                                          \
    "file of the server's secret key, made when it is not there; standard: the conversations' file with .key behind it")     \
  X(web, "web", "", "folder of the web pages, read anew for each request; standard: the pages built into the program")       \
  X(log, "log", "-", "file of the log, JSON Lines; - is standard error, none is no log")                                     \
  X(origins, "origins", "", "other origins, by commas, whose pages may use the chat (https://shop.example); * is any")       \
  X(proxies, "proxies", "", "addresses, by commas, of proxies whose X-Forwarded-For and -Proto are believed")                \
  X(vouch_file, "vouch-secret-file", "",                                                                                     \
    "file with the secret (32 bytes or more) by which the shop's page vouches for a customer")                               \
  X(vouch_audience, "vouch-audience", "luukku", "the audience (aud) that such a token has to name")                          \
  X(vouch_issuer, "vouch-issuer", "", "the issuer (iss) that it has to name; empty: any")                                    \
  X(rasa_secret_file, "rasa-secret-file", "",                                                                                \
    "file with a secret (32 bytes or more) that every call of the Rasa REST channel has to carry; none: it is open")         \
  X(directline_secret_file, "directline-secret-file", "",                                                                    \
    "file with a secret (32 bytes or more) without which Direct Line starts nothing; none: anybody may start")               \
  X(backend, "backend-url", "",                                                                                              \
    "address of the shop's own backend (https://…), which does the actions that only the shop knows")                        \
  X(backend_file, "backend-secret-file", "", "file with the secret (32 bytes or more) that signs what is asked of it")       \
  X(desk, "desk", "chat", "name of the <hours> in the knowledge base that the desk keeps")

/* X(member, flag, standard value, least, most, what it is) */
#define LK_SETTING_NUMBERS(X)                                                                                                \
  X(threads, "threads", 0, 0, 64, "threads for connections; 0: one a processor")                                             \
  X(workers, "workers", 0, 0, 128,                                                                                           \
    "threads for turns, each with its own analyzer and database; 0: four a processor, as most of them wait for the disk")    \
  X(connections, "connections", 10000, 16, 100000, "connections at a time")                                                  \
  X(connections_per_address, "connections-per-address", 0, 0, 100000,                                                        \
    "connections of one address at a time; 0: 64, or no limit where there are proxies, which have their own")                \
  X(streams, "streams", 8000, 1, 100000, "event streams at a time")                                                          \
  X(streams_per_conversation, "streams-per-conversation", 4, 1, 10000, "event streams of one conversation, or of one agent") \
  X(header_seconds, "header-seconds", 10, 1, 300, "a request's headers have to be there within so many seconds")             \
  X(body_seconds, "body-seconds", 10, 1, 300, "and its body within so many more")                                            \
  X(idle_seconds, "idle-seconds", 30, 1, 3600, "a connection without a request is closed after so long")                     \
  X(answer_seconds, "answer-seconds", 60, 1, 3600, "an answer has to be taken within so many seconds")                       \
  X(heartbeat_seconds, "heartbeat-seconds", 15, 1, 300, "a quiet event stream gets a comment line after so many seconds")    \
  X(stop_seconds, "stop-seconds", 10, 1, 300, "how long a stop waits for what was accepted")                                 \
  X(body_bytes, "body-bytes", 16384, 1024, 1048576, "the largest body")                                                      \
  X(message_rate, "messages-per-minute", 30, 0, 100000, "messages of one conversation in a minute; 0: no limit")             \
  X(address_rate, "requests-per-minute", 600, 0, 1000000, "API requests of one address in a minute; 0: no limit")            \
  X(start_rate, "conversations-per-hour", 60, 0, 100000, "conversations that one address may start in an hour; 0: no limit") \
  X(login_rate, "logins-per-hour", 20, 1, 1000, "attempts to log in an hour, for each name and for each address")            \
  X(session_hours, "session-hours", 12, 1, 720, "an agent's session ends after so long")                                     \
  X(presence_seconds, "presence-seconds", 90, 5, 3600,                                                                       \
    "an agent who is not heard of for so long is gone, and so are their conversations")                                      \
  X(directline_seconds, "directline-token-seconds", 3600, 1, 604800, "a token of Direct Line is good for so long")           \
  X(purge_hour, "purge-hour", 3, 0, 23,                                                                                      \
    "hour of the day, by the shop's clock, from which conversations past the retention time are deleted, once it is quiet; " \
    "also at the start")                                                                                                     \
  X(preview_weeks, "preview-weeks", 8, 1, 520, "weeks of past questions that a draft is compared on")                        \
  X(preview_questions, "preview-questions", 2000, 1, 50000, "different questions, commonest first, that it is compared on")  \
  X(reload_seconds, "reload-seconds", 2, 0, 3600,                                                                            \
    "how often to look for changed files of the knowledge base; 0: only when told by SIGHUP")

/* X(member, flag, standard value, what it is) */
#define LK_SETTING_SWITCHES(X)                                                                                      \
  X(shared, "shared", false, "another server uses the same database: tell what it writes to those who listen here") \
  X(csat, "csat", true, "ask for a rating (CSAT) after a conversation")                                             \
  X(nps, "nps", false, "ask whether the customer would recommend the shop (NPS)")                                   \
  X(rasa, "rasa", false, "serve the Rasa REST channel under /webhooks/rest")                                        \
  X(directline, "directline", false, "serve Direct Line 3.0 (polling) under /v3/directline")                        \
  X(quiet, "quiet", false, "log only what is wrong, not every request")

typedef struct lk_settings {
#define LK_SETTING_MEMBER(member, ...) char *member;
  LK_SETTING_TEXTS(LK_SETTING_MEMBER)
#undef LK_SETTING_MEMBER
#define LK_SETTING_MEMBER(member, ...) long member;
  LK_SETTING_NUMBERS(LK_SETTING_MEMBER)
#undef LK_SETTING_MEMBER
#define LK_SETTING_MEMBER(member, ...) bool member;
  LK_SETTING_SWITCHES(LK_SETTING_MEMBER)
#undef LK_SETTING_MEMBER
  bool help; /* --help was among the flags */
} lk_settings;

/* Reads flags (argv[1] on), environment (LUUKKU_… with capitals and underscores) and the file that --config names. LK_ERR_INPUT for an unknown setting or a
 * value that it cannot have; LK_ERR_IO for a file that cannot be read. `settings` has to be freed in any case. */
lk_code lk_settings_read(lk_settings *settings, int argc, char **argv, lk_error *err);
void lk_settings_free(lk_settings *settings);
/* All settings with their standard values, for --help. */
void lk_settings_print(FILE *out);

#endif
