"""Other search engines on a collection of tests/bench/collection.py: SQLite FTS5 (words; all trigrams) and, where python3-xapian is installed, Xapian with its
Finnish stemmer. Each as its manual has it, in memory or on a temporary disk, ten results a question."""
import os
import pathlib
import sqlite3
import tempfile
import time


def read(path):
    return [line.split("\t") for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines()]


def timed(answer, questions):
    micros = []
    for question in questions:
        begin = time.perf_counter()
        answer(question)
        micros.append((time.perf_counter() - begin) * 1e6)
    total = sum(micros)
    micros.sort()
    return micros[len(micros) // 2], micros[len(micros) * 99 // 100], len(micros) / (total / 1e6)


def fts5(documents, questions, tokenizer, cut):
    begin = time.perf_counter()
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE VIRTUAL TABLE d USING fts5(title, body, tokenize='{tokenizer}')")
    base.executemany("INSERT INTO d(rowid, title, body) VALUES (?, ?, ?)", ((i, row[1], row[2]) for i, row in enumerate(documents)))
    base.execute("INSERT INTO d(d) VALUES ('optimize')")
    built = time.perf_counter() - begin
    size = base.execute("PRAGMA page_count").fetchone()[0] * base.execute("PRAGMA page_size").fetchone()[0] / 1e6

    def answer(question):
        terms = " OR ".join(f'"{term}"' for term in dict.fromkeys(cut(question)))
        return base.execute("SELECT rowid FROM d WHERE d MATCH ? ORDER BY rank LIMIT 10", (terms,)).fetchall()

    return timed(answer, questions) + (built, size)


def trigrams(text):
    return [word[i:i + 3] for word in text.split() for i in range(max(1, len(word) - 2))]


def xapian_bm25(documents, questions):
    import xapian

    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        base = xapian.WritableDatabase(folder, xapian.DB_CREATE_OR_OVERWRITE)
        stemmer = xapian.Stem("finnish")
        generator = xapian.TermGenerator()
        generator.set_stemmer(stemmer)
        for row in documents:
            document = xapian.Document()
            generator.set_document(document)
            generator.index_text(row[1] + " " + row[2])
            base.add_document(document)
        base.commit()
        built = time.perf_counter() - begin
        parser = xapian.QueryParser()
        parser.set_stemmer(stemmer)
        parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        parser.set_default_op(xapian.Query.OP_OR)
        enquire = xapian.Enquire(base)
        enquire.set_weighting_scheme(xapian.BM25Weight())

        def answer(question):
            enquire.set_query(parser.parse_query(question))
            return [match.docid for match in enquire.get_mset(0, 10)]

        measured = timed(answer, questions)
        size = sum(os.path.getsize(path) for path in pathlib.Path(folder).iterdir()) / 1e6
        return measured + (built, size)


def measure(folder):
    documents = read(f"{folder}/docs.tsv")
    questions = [row[1] for row in read(f"{folder}/queries.tsv")]
    rows = [("SQLite FTS5, words",) + fts5(documents, questions, "unicode61", str.split),
            ("SQLite FTS5, all trigrams",) + fts5(documents, questions, "trigram", trigrams)]
    try:
        rows.append(("Xapian BM25, Finnish stemmer",) + xapian_bm25(documents, questions))
    except ImportError:
        pass
    return rows
