// Xapian with its Finnish stemmer and BM25, as its getting-started guide has it.
#include <xapian.h>

#include "peer.hpp"

namespace {

constexpr Xapian::doccount batch = 100000;

class xapian_searcher : public peer::searcher {
 public:
  explicit xapian_searcher(const std::string &index) : base(index), enquire(base) {
    parser.set_stemmer(Xapian::Stem("finnish"));
    parser.set_stemming_strategy(Xapian::QueryParser::STEM_SOME);
    parser.set_default_op(Xapian::Query::OP_OR);
    enquire.set_weighting_scheme(Xapian::BM25Weight());
  }

  peer::hits find(const std::string &text) override {
    peer::hits out;
    enquire.set_query(parser.parse_query(text, 0));
    Xapian::MSet set = enquire.get_mset(0, peer::top);
    for (auto hit = set.begin(); hit != set.end(); ++hit) out.push_back(*hit - 1);
    return out;
  }

 private:
  Xapian::Database base;
  Xapian::QueryParser parser;
  Xapian::Enquire enquire;
};

void build(const std::string &docs, const std::string &index) {
  Xapian::WritableDatabase base(index, Xapian::DB_CREATE_OR_OVERWRITE);
  Xapian::TermGenerator generator;
  generator.set_stemmer(Xapian::Stem("finnish"));
  Xapian::doccount count = 0;
  peer::read_lines(docs, 3, [&](const std::vector<std::string> &row) {
    Xapian::Document document;
    generator.set_document(document);
    generator.index_text_without_positions(row[1]);
    generator.index_text_without_positions(row[2]);
    base.add_document(document);
    if (++count % batch == 0) base.commit();
  });
  base.commit();
}

}  // namespace

int main(int argc, char **argv) {
  return peer::run(argc, argv, {Xapian::version_string(), build, [](const std::string &index) {
                                  return std::make_unique<xapian_searcher>(index);
                                }});
}
