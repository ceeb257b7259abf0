// Lucene++, Lucene 3.0 in C++, with the Finnish Snowball stemmer and Lucene's own weighting.
#include <lucene++/LuceneHeaders.h>
#include <lucene++/MMapDirectory.h>
#include <lucene++/SnowballAnalyzer.h>

#include "peer.hpp"

namespace {

using namespace Lucene;

AnalyzerPtr finnish() { return newLucene<SnowballAnalyzer>(LuceneVersion::LUCENE_CURRENT, L"finnish"); }

// A question is no query: its signs are words' neighbours, not operators.
class words_parser : public QueryParser {
 public:
  using QueryParser::escape;
};

class lucene_searcher : public peer::searcher {
 public:
  explicit lucene_searcher(const std::string &index)
      : search(newLucene<IndexSearcher>(newLucene<MMapDirectory>(StringUtils::toUnicode(index)), true)),
        parser(newLucene<QueryParser>(LuceneVersion::LUCENE_CURRENT, L"text", finnish())) {}

  peer::hits find(const std::string &text) override {
    peer::hits out;
    TopDocsPtr found = search->search(parser->parse(words_parser::escape(StringUtils::toUnicode(text))), (int32_t)peer::top);
    for (int32_t i = 0; i < found->scoreDocs.size(); i++) out.push_back((uint32_t)found->scoreDocs[i]->doc);
    return out;
  }

 private:
  SearcherPtr search;
  QueryParserPtr parser;
};

void build(const std::string &docs, const std::string &index) {
  IndexWriterPtr writer = newLucene<IndexWriter>(FSDirectory::open(StringUtils::toUnicode(index)), finnish(), true,
                                                 IndexWriter::MaxFieldLengthUNLIMITED);
  writer->setRAMBufferSizeMB(64);
  peer::read_lines(docs, 3, [&](const std::vector<std::string> &row) {
    DocumentPtr document = newLucene<Document>();
    document->add(
        newLucene<Field>(L"text", StringUtils::toUnicode(row[1] + " " + row[2]), Field::STORE_NO, Field::INDEX_ANALYZED));
    writer->addDocument(document);
  });
  writer->optimize();
  writer->close();
}

void guarded(const std::function<void()> &call) try { call(); } catch (LuceneException &problem) {
  throw std::runtime_error(StringUtils::toUTF8(problem.getError()));
}

}  // namespace

int main(int argc, char **argv) {
  return peer::run(argc, argv,
                   {"3.0.8", [](const std::string &docs, const std::string &index) { guarded([&] { build(docs, index); }); },
                    [](const std::string &index) {
                      std::unique_ptr<peer::searcher> out;
                      guarded([&] { out = std::make_unique<lucene_searcher>(index); });
                      return out;
                    }});
}
