// SQLite FTS5, compiled twice: words (the default tokenizer) or, with -DTRIGRAMS, all trigrams of the question's words. The best bm25() first.
#include <sqlite3.h>
#include <sys/stat.h>

#include <set>
#include <sstream>

#include "peer.hpp"

namespace {

#ifdef TRIGRAMS
constexpr const char *tokenizer = "trigram";
#else
constexpr const char *tokenizer = "unicode61";
#endif

std::string file_of(const std::string &index) { return index + "/fts5.db"; }

class database {
 public:
  explicit database(const std::string &index) {
    if (sqlite3_open(file_of(index).c_str(), &base) != SQLITE_OK) fail();
  }
  ~database() {
    sqlite3_finalize(statement);
    sqlite3_close(base);
  }
  database(const database &) = delete;
  database &operator=(const database &) = delete;

  void fail() { throw std::runtime_error(sqlite3_errmsg(base)); }
  void run(const std::string &sql) {
    if (sqlite3_exec(base, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }
  void prepare(const std::string &sql) {
    if (sqlite3_prepare_v2(base, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) fail();
  }
  void bind(int at, const std::string &text) {
    if (sqlite3_bind_text(statement, at, text.data(), (int)text.size(), SQLITE_TRANSIENT) != SQLITE_OK) fail();
  }

  sqlite3 *base = nullptr;
  sqlite3_stmt *statement = nullptr;
};

#ifdef TRIGRAMS
// Characters, not bytes: the places where one begins, and the end.
std::set<std::string> terms_of(const std::string &word) {
  std::set<std::string> out;
  std::vector<size_t> begins;
  for (size_t i = 0; i < word.size(); i++)
    if (((unsigned char)word[i] & 0xC0) != 0x80) begins.push_back(i);
  begins.push_back(word.size());
  for (size_t i = 0; i + 3 < begins.size(); i++) out.insert(word.substr(begins[i], begins[i + 3] - begins[i]));
  return out;
}
#else
std::set<std::string> terms_of(const std::string &word) { return {word}; }
#endif

std::string match_of(const std::string &text) {
  std::set<std::string> terms;
  std::string word, out;
  std::istringstream words(text);
  while (words >> word) terms.merge(terms_of(word));
  for (const std::string &term : terms) {
    std::string quoted;
    for (char c : term) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += (out.empty() ? "\"" : " OR \"") + quoted + "\"";
  }
  return out;
}

class fts5_searcher : public peer::searcher {
 public:
  explicit fts5_searcher(const std::string &index) : data(index) {
    data.run("PRAGMA mmap_size = 4000000000; PRAGMA cache_size = -200000;");
    data.prepare("SELECT rowid FROM d WHERE d MATCH ? ORDER BY rank LIMIT 10");
  }

  peer::hits find(const std::string &text) override {
    peer::hits out;
    std::string match = match_of(text);
    if (match.empty()) return out;
    data.bind(1, match);
    int code;
    while ((code = sqlite3_step(data.statement)) == SQLITE_ROW) out.push_back((uint32_t)sqlite3_column_int64(data.statement, 0));
    if (code != SQLITE_DONE) data.fail();
    sqlite3_reset(data.statement);
    return out;
  }

 private:
  database data;
};

void build(const std::string &docs, const std::string &index) {
  (void)mkdir(index.c_str(), 0777);
  (void)std::remove(file_of(index).c_str());
  database data(index);
  data.run(std::string("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE VIRTUAL TABLE d USING fts5(title, body, "
                       "content='', tokenize='") +
           tokenizer + "'); BEGIN");
  data.prepare("INSERT INTO d (rowid, title, body) VALUES (?, ?, ?)");
  sqlite3_int64 row_id = 0;
  peer::read_lines(docs, 3, [&](const std::vector<std::string> &row) {
    if (sqlite3_bind_int64(data.statement, 1, row_id++) != SQLITE_OK) data.fail();
    data.bind(2, row[1]);
    data.bind(3, row[2]);
    if (sqlite3_step(data.statement) != SQLITE_DONE) data.fail();
    sqlite3_reset(data.statement);
  });
  data.run("INSERT INTO d (d) VALUES ('optimize'); COMMIT");
}

}  // namespace

int main(int argc, char **argv) {
  return peer::run(
      argc, argv, {sqlite3_libversion(), build, [](const std::string &index) { return std::make_unique<fts5_searcher>(index); }});
}
