// What every driver of another search engine has in common: it reads the same files, times only the engine's own call, and prints as `luukku rank --stats` does.
//
//   DRIVER build DOCS INDEX                                     indexes lines "id<TAB>title<TAB>body" into the folder INDEX
//   DRIVER query INDEX QUERIES ROUNDS THREADS SECONDS           answers lines "id<TAB>text"
//
// Both print a JSON line on standard error; query prints "query<TAB>document,document,…" a query, documents by their line from 0. A round that takes longer than
// SECONDS ends there, the last one, and only the queries that it came to are counted, at least 20.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace peer {

constexpr size_t top = 10, queries_least = 20;

using hits = std::vector<uint32_t>;

// One thread's own way into an index.
class searcher {
 public:
  virtual ~searcher() = default;
  virtual hits find(const std::string &text) = 0;
};

struct engine {
  std::string version;
  // Calls add for every document, as the engine's manual has it, and leaves a finished index.
  std::function<void(const std::string &docs, const std::string &index)> build;
  std::function<std::unique_ptr<searcher>(const std::string &index)> open;
};

inline double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

inline std::vector<std::string> cells(const std::string &line) {
  std::vector<std::string> out;
  size_t begin = 0, end;
  while ((end = line.find('\t', begin)) != std::string::npos) {
    out.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  out.push_back(line.substr(begin));
  return out;
}

inline void read_lines(const std::string &path, size_t wanted,
                       const std::function<void(const std::vector<std::string> &)> &each) {
  std::ifstream in(path);
  std::string line;
  if (!in) throw std::runtime_error(path + " cannot be read");
  while (std::getline(in, line)) {
    std::vector<std::string> row = cells(line);
    if (row.size() < wanted) throw std::runtime_error(path + ": a line has too few columns");
    each(row);
  }
}

struct round_times {
  size_t queries;
  double p50, p99, rate;
};

struct work {
  std::vector<std::string> names, texts;
  std::vector<hits> found;
  std::vector<double> micros;
};

inline round_times run_round(work &w, std::vector<std::unique_ptr<searcher>> &crew, double limit) {
  std::atomic<size_t> next{0};
  double begin = seconds();
  auto answer = [&](searcher *self) {
    for (size_t q; (q = next++) < w.texts.size();) {
      if (q >= queries_least && seconds() - begin > limit) break;
      double start = seconds();
      w.found[q] = self->find(w.texts[q]);
      w.micros[q] = (seconds() - start) * 1e6;
    }
  };
  std::fill(w.micros.begin(), w.micros.end(), -1);
  std::vector<std::thread> others;
  for (size_t t = 1; t < crew.size(); t++) others.emplace_back(answer, crew[t].get());
  answer(crew[0].get());
  for (std::thread &other : others) other.join();
  double taken = seconds() - begin;
  std::vector<double> sorted;
  for (double micros : w.micros)
    if (micros >= 0) sorted.push_back(micros);
  std::sort(sorted.begin(), sorted.end());
  size_t n = sorted.size();
  if (!n) throw std::runtime_error("there is no query");
  return {n, sorted[n / 2], sorted[n * 99 / 100], (double)n / taken};
}

inline void query(const engine &e, char **argv) {
  work w;
  read_lines(argv[1], 2, [&](const std::vector<std::string> &row) {
    w.names.push_back(row[0]);
    w.texts.push_back(row[1]);
  });
  w.found.resize(w.texts.size());
  w.micros.resize(w.texts.size());
  long rounds = std::strtol(argv[2], nullptr, 10), threads = std::strtol(argv[3], nullptr, 10);
  std::vector<std::unique_ptr<searcher>> crew;
  for (long t = 0; t < threads; t++) crew.push_back(e.open(argv[0]));
  round_times first{}, last{};
  for (long r = 0; r < rounds; r++) {
    last = run_round(w, crew, std::strtod(argv[4], nullptr));
    if (r == 0) first = last;
    if (last.queries < w.texts.size()) break;
  }
  for (size_t q = 0; q < w.texts.size(); q++) {
    if (w.micros[q] < 0) continue;
    std::printf("%s\t", w.names[q].c_str());
    for (size_t h = 0; h < w.found[q].size(); h++) std::printf(h ? ",%u" : "%u", w.found[q][h]);
    std::printf("\n");
  }
  std::fprintf(stderr,
               "{\"version\": \"%s\", \"queries\": %zu, \"queries_per_second\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
               "\"first_p50_us\": %.1f, "
               "\"first_p99_us\": %.1f}\n",
               e.version.c_str(), last.queries, last.rate, last.p50, last.p99, first.p50, first.p99);
}

inline int run(int argc, char **argv, const engine &e) try {
  std::string command = argc > 1 ? argv[1] : "";
  if (command == "build" && argc == 4) {
    double begin = seconds();
    e.build(argv[2], argv[3]);
    std::fprintf(stderr, "{\"version\": \"%s\", \"build_seconds\": %.3f}\n", e.version.c_str(), seconds() - begin);
    return 0;
  }
  if (command == "query" && argc == 7) {
    query(e, argv + 2);
    return 0;
  }
  std::fprintf(stderr, "usage: %s build DOCS INDEX | query INDEX QUERIES ROUNDS THREADS SECONDS\n", argv[0]);
  return 2;
} catch (const std::exception &problem) {
  std::fprintf(stderr, "error: %s\n", problem.what());
  return 1;
}

}  // namespace peer
