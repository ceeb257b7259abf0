"""Luukku and other search engines on the same documents and questions, side by side.

A work is a folder with docs.tsv (id, title, body), queries.tsv (id, text) and qrels.tsv (id, document …). Every engine builds its index of it, then all answer all questions
in turns, round after round, so that a busy moment of the machine meets everyone; each figure is the median of the rounds. The engines time their own calls; memory and cold
start are measured from outside, on their processes. The peers' drivers are in peers/, each engine used as its manual has it."""
import concurrent.futures
import copy
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree

import collection

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DRIVERS = HERE / "peers"
MEMORY = 12 << 30  # bytes that an engine may have; the machine has other work
BUILD_LIMIT = 900  # seconds
ROUND_LIMIT = 8  # seconds: a slow engine's round ends there, after at least 20 questions
COLD_RUNS = 7
QUESTION = "paljonko maksaa toimitus"


class Failure(Exception):
    """Why an engine has no figures; its row says so."""


def wait(process, seconds):
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise Failure(f"not done within {seconds:.0f} s") from None


def run(command, seconds=BUILD_LIMIT, measured=True, asked=os.devnull):
    """The JSON on standard error's last line, standard output, peak memory in bytes, and wall seconds; asked is a file for standard input. Memory is what time(1) says, since a
    child that Python starts itself begins with Python's; without measured neither time nor the limit stands before the command."""
    before = ["sh", "-c", 'ulimit -d "$0" && exec "$@"', str(MEMORY // 1024), "time", "-q", "-f", "%M"] if measured else []
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err, open(asked, "rb") as questions:
        begin = time.perf_counter()
        process = subprocess.Popen(before + list(map(str, command)), stdin=questions, stdout=out, stderr=err, start_new_session=True)
        status = wait(process, seconds)
        taken = time.perf_counter() - begin
        out.seek(0)
        err.seek(0)
        said = err.read().strip().splitlines()
        peak = int(said.pop()) * 1024 if measured and said and said[-1].isdigit() else 0
        if status:
            raise Failure(f"failed: {said[-1][:120] if said else f'status {status}'} (an engine may have {MEMORY >> 30} GB)")
        return json.loads(said[-1]) if said and said[-1].startswith("{") else {}, out.read(), peak, taken


def bytes_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Work:
    def __init__(self, title, folder, rounds, deadline=float("inf")):
        self.title, self.folder, self.rounds, self.deadline = title, folder, rounds, deadline
        self.shop, self.made = title == "The sample shop", title.endswith("made documents")
        self.docs, self.queries = folder / "docs.tsv", folder / "queries.tsv"
        asked = {line.split("\t")[0] for line in self.queries.read_text(encoding="utf-8").splitlines()}
        self.gold = {}
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
            name, *documents = line.split("\t")
            if name in asked:
                self.gold.setdefault(name, set()).update(documents)
        with open(self.docs, encoding="utf-8") as lines:
            self.names = [line[:line.index("\t")] for line in lines]
        (folder / "one.tsv").write_text(self.queries.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")

    def left(self):
        """Seconds that a process may take; what has begun gets a minute even when the run's time is over."""
        return min(BUILD_LIMIT, max(60, self.deadline - time.monotonic()))

    def over(self):
        return time.monotonic() >= self.deadline

    def quality(self, answers):
        """MRR@10, recall@1 of {question: documents, best first}."""
        reciprocal = first = 0
        for name, documents in answers.items():
            rank = next((r for r, document in enumerate(documents[:10]) if document in self.gold.get(name, ())), None)
            reciprocal += 0 if rank is None else 1 / (rank + 1)
            first += rank == 0
        return reciprocal / len(answers), first / len(answers)


class Engine:
    """A peer's driver; see peers/peer.hpp for how it is called."""
    largest, beyond = 10 ** 9, ""
    shop_only = telling = False  # telling: measured with every collection before the others are with large ones

    def __init__(self, name, command, note):
        self.name, self.command, self.note = name, command, note

    def build(self, work, index):
        index.mkdir()
        stats, _, peak, _ = run(self.command + ["build", work.docs, index], work.left())
        return {"build_seconds": stats["build_seconds"], "build_peak": peak, "index_bytes": bytes_of(index), "version": stats["version"]}

    def ask(self, work, index, threads):
        stats, out, peak, _ = run(self.command + ["query", index, work.queries, 2, threads, ROUND_LIMIT], work.left())
        answers = {}
        for line in out.splitlines():
            name, found = line.split("\t")
            answers[name] = [work.names[int(number)] for number in found.split(",") if number]
        return {**stats, "answers": answers, "peak": peak}

    def threads(self, work, index):
        return self.ask(work, index, 2)["queries_per_second"]

    def cold(self, work, index):
        return run(self.command + ["query", index, work.folder / "one.tsv", 1, 1, ROUND_LIMIT], measured=False)[3]


class Script(Engine):
    """An engine of JavaScript has one thread: two processes stand for two threads."""
    largest, beyond = 10000, "its index of objects grows to gigabytes"

    def threads(self, work, index):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return sum(pool.map(lambda _: self.ask(work, index, 1)["queries_per_second"], range(2)))


class Trigrams(Engine):
    largest, beyond = 100000, "a question takes seconds"


class Luukku(Engine):
    """luukku rank: one process builds and saves the index, others map it and answer."""
    telling = True

    def __init__(self, program):
        super().__init__("**Luukku**", [program, "rank", "--stats"], "Voikko, compound parts, n-grams, typing errors, dots")
        self.program = program

    def build(self, work, index):
        index.mkdir()
        file, by_two = index / "documents.index", None
        stats, _, peak, _ = run(self.command + ["--docs", work.docs, "--save", file], work.left())
        if stats["build_seconds"] < 60:
            by_two = run(self.command + ["--docs", work.docs, "--save", index / "by-two.index", "--threads", 2], work.left())[0]["build_seconds"]
            (index / "by-two.index").unlink()
        version = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
        note = (f"Luukku's build: {stats['analysis_seconds']:.1f} s for tokens and looking words up, {stats['index_seconds']:.1f} s for the index"
                + (f"; {by_two:.1f} s in all by two threads." if by_two else "."))
        return {"build_seconds": stats["build_seconds"], "build_peak": peak, "index_bytes": bytes_of(index), "version": version or "unknown", "notes": [note]}

    def rank(self, work, index, threads, rounds):
        queries = work.queries
        stats, out, peak, _ = run(self.command + ["--index", index / "documents.index", "--queries", queries, "--rounds", rounds, "--threads", threads], work.left())
        answers = {line.split("\t")[0]: [] for line in queries.read_text(encoding="utf-8").splitlines()}
        for line in out.splitlines():
            name, _, document, *_ = line.split()
            answers[name].append(document)
        return {**stats, "answers": answers, "peak": peak}

    def ask(self, work, index, threads):
        """Rounds enough that each thread has met every word, and a busy moment is a small part of the time."""
        return self.rank(work, index, threads, 40 if len(work.names) <= 10000 else 10 if len(work.names) <= 100000 else 4)

    def cold(self, work, index):
        return run(self.command + ["--index", index / "documents.index", "--queries", work.folder / "one.tsv"], measured=False)[3]


class WholeLuukku(Engine):
    """What a customer gets on the sample shop: the KB's own lexicon and weights, and all its entries, intents too, as candidates. Build and index are of three languages."""
    shop_only = telling = True

    def __init__(self, program, bench_shop):
        super().__init__("**Luukku, understanding with the KB's lexicon**", [program], "the whole path of a customer's message up to the decision")
        self.program, self.bench_shop = program, bench_shop

    def build(self, work, index):
        index.mkdir()
        _, _, peak, wall = run([self.program, "index", "--kb", ROOT / "kb", "-o", index / "kb.index"])
        return {"build_seconds": wall, "build_peak": peak, "index_bytes": bytes_of(index), "version": "the same"}

    def ask(self, work, index, threads):
        batch = [self.program, "ask", "--batch", "--kb", ROOT / "kb", "--index", index / "kb.index", "--lang", "fi"]
        _, printed, _, _ = run(batch, asked=work.queries)
        answers = {}
        for line in printed.splitlines():
            one = json.loads(line)
            answers[one["id"]] = [candidate["entry"] for candidate in one["candidates"]]
        timed = json.loads(run([self.bench_shop, ROOT / "kb", "--index", index / "kb.index", work.queries])[1])
        return {"answers": answers, "queries": timed["questions"], "p50_us": timed["warm_p50_us"], "p99_us": timed["warm_p99_us"], "first_p50_us": timed["first_p50_us"],
                "queries_per_second": None, "peak": timed["resident_mb"] * 1e6}

    def threads(self, work, index):
        return None

    def cold(self, work, index):
        return run([self.program, "ask", "--kb", ROOT / "kb", "--index", index / "kb.index", "--lang", "fi", QUESTION], measured=False)[3]


def write_articles(work, folder, a_file=1000):
    """The documents as articles, so many in each file."""
    lines = work.docs.read_text(encoding="utf-8").splitlines()
    for begin in range(0, len(lines), a_file):
        root = ElementTree.Element("kb", {"xmlns": "urn:luukku:kb:1", "xml:lang": "fi"})
        for name, title, body in (line.split("\t") for line in lines[begin:begin + a_file]):
            article = ElementTree.SubElement(root, "article", {"id": f"document-{name}", "category": "delivery", "updated": "2026-01-01"})
            ElementTree.SubElement(article, "question").text = title
            ElementTree.SubElement(ElementTree.SubElement(article, "answer"), "p").text = body
        ElementTree.ElementTree(root).write(folder / f"documents-{begin}.xml", encoding="utf-8", xml_declaration=True)


def strange_questions(work, count=500):
    """A file of questions whose words no document and no other question has."""
    text = work.docs.read_text(encoding="utf-8")
    path = work.folder / "strangers.tsv"
    path.write_text("".join(f"s{q}\t{question}\n" for q, question in enumerate(collection.strangers(count, set(re.findall(r"\w+", text.lower()))))), encoding="utf-8")
    return path


def first_meeting(engine, work, index, questions):
    """p50 and p99 of questions that the process meets for the first time, in microseconds; the best of some processes."""
    asked = copy.copy(work)
    asked.queries = questions
    given = [engine.ask(asked, index, 1) for _ in range(3)]
    return min(one["first_p50_us"] for one in given), min(one["first_p99_us"] for one in given)


# ---- Which engines there are ----

def packages_of(command):
    return subprocess.run(["pkg-config", "--cflags", "--libs"] + command, capture_output=True, text=True)


def compiled(name, source, package, libraries, build, extra=()):
    """The driver's command, or the Failure that tells what is missing."""
    wanted = packages_of(libraries)
    if wanted.returncode or not shutil.which("c++"):
        return Failure(f"not measured: install {package} and g++")
    build.mkdir(parents=True, exist_ok=True)
    driver = build / re.sub(r"\W+", "-", name.lower())
    made = subprocess.run(["c++", "-O2", "-std=c++17", *extra, DRIVERS / source, "-o", driver, *wanted.stdout.split(), "-pthread"], capture_output=True, text=True)
    return [driver] if made.returncode == 0 else Failure(f"not measured: its driver does not compile: {made.stderr.strip().splitlines()[0][:120]}")


def engines(program, bench_shop, build):
    """Engines to measure, Luukku first, and {name: why} of those that are missing."""
    found, missing = [Luukku(program), WholeLuukku(program, bench_shop)], {}
    for name, note, driver in (
            ("Xapian", "BM25, Finnish Snowball stemmer", compiled("Xapian", "xapian.cpp", "libxapian-dev", ["xapian-core"], build)),
            ("Lucene++", "Lucene 3.0, Finnish Snowball stemmer", compiled("Lucene++", "lucene.cpp", "liblucene++-dev and Boost's filesystem and thread",
                                                                         ["liblucene++", "liblucene++-contrib"], build)),
            ("SQLite FTS5, words", "BM25", compiled("fts5 words", "fts5.cpp", "libsqlite3-dev", ["sqlite3"], build)),
            ("SQLite FTS5, all trigrams", "BM25", compiled("fts5 trigrams", "fts5.cpp", "libsqlite3-dev", ["sqlite3"], build, ["-DTRIGRAMS"]))):
        if isinstance(driver, Failure):
            missing[name] = str(driver)
        else:
            found.append((Trigrams if "trigrams" in name else Engine)(name, driver, note))
            found[-1].telling = name == "Xapian"
    node = shutil.which("node")
    for name, note in (("minisearch", "BM25+, prefixes and one typing error in longer words"), ("lunr", "BM25, Finnish stemmer, one typing error"), ("orama", "BM25, Finnish stemmer, prefixes")):
        if node and (DRIVERS / "node_modules").is_dir():
            found.append(Script(name, [node, "--max-old-space-size=6000", DRIVERS / "peer.mjs", name], note))
        else:
            missing[name] = "not measured: needs Node.js, and npm ci in tests/bench/peers"
    return found, missing


# ---- The works ----

def shop_work(folder):
    """The sample shop: articles with all their phrasings as titles, and the development questions that an article answers."""
    kb, names = "{urn:luukku:kb:1}", set()
    with open(folder / "docs.tsv", "w", encoding="utf-8") as out:
        for path in sorted((ROOT / "kb" / "fi").glob("*.xml")):
            for article in ElementTree.parse(path).getroot().iter(kb + "article"):
                phrasings = [" ".join(element.itertext()) for element in article if element.tag in (kb + "question", kb + "variant", kb + "keywords")]
                body = " ".join(" ".join(element.itertext()) for element in article if element.tag == kb + "answer")
                out.write("\t".join([article.get("id")] + [" ".join(text.split()) for text in (". ".join(phrasings), body)]) + "\n")
                names.add(article.get("id"))
    with open(folder / "queries.tsv", "w", encoding="utf-8") as out, open(folder / "qrels.tsv", "w", encoding="utf-8") as gold:
        for line in (ROOT / "tests" / "ranking" / "questions_fi.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            name, text, label, also = line.split("\t")[:4]
            if label in names:
                out.write(f"{name}\t{text}\n")
                gold.write("\t".join([name, label] + [other for other in also.split(",") if other in names]) + "\n")
    return folder


def given_work(source, folder, wanted=2000):
    """A collection that somebody else made, with about so many of its questions."""
    shutil.copy(source / "docs.tsv", folder)
    shutil.copy(source / "qrels.tsv", folder)
    rows = (source / "queries.tsv").read_text(encoding="utf-8").splitlines()
    (folder / "queries.tsv").write_text("\n".join(rows[::max(1, len(rows) // wanted)]) + "\n", encoding="utf-8")
    return folder


def made_work(documents, folder):
    collection.write(folder, documents, 1000)
    return folder


# ---- Measuring ----

PATIENCE = 20  # seconds that an engine's round may take to be measured again


def measure(work, engines, say):
    """{engine's name: its figures, or the Failure that says why it has none}, of those that this work is for."""
    rows = {}
    with tempfile.TemporaryDirectory(prefix="luukku-bench-") as place:
        able = []
        for engine in engines:
            if engine.shop_only and not work.shop:
                continue
            if work.over():
                rows[engine.name] = Failure("not measured: the run's time was over")
                continue
            if len(work.names) > engine.largest:
                rows[engine.name] = Failure(f"not run beyond {engine.largest:,} documents: {engine.beyond}")
                continue
            index = pathlib.Path(place) / re.sub(r"\W+", "-", engine.name)
            say(f"{work.title}: {engine.name.strip('*')} builds")
            try:
                rows[engine.name] = {"notes": [], **engine.build(work, index), "rounds": [], "index": index, "patient": True}
                able.append(engine)
            except Failure as failure:
                rows[engine.name] = failure
        for number in range(work.rounds):
            if number and work.over():
                break
            for engine in able:
                one_round(rows, engine, work, number, say)
        for engine in able:
            attempt(rows, engine, "start to first answer", lambda row: row.update(cold=cold_start(engine, work, row["index"])))
    return {name: row if isinstance(row, Failure) else summary(work, row) for name, row in rows.items()}


def one_round(rows, engine, work, number, say):
    """One engine's, by one thread and by two; an engine that takes long for it has one round only."""
    if isinstance(rows[engine.name], Failure) or not rows[engine.name]["patient"]:
        return
    say(f"{work.title}: round {number + 1}, {engine.name.strip('*')}")
    begin = time.monotonic()
    attempt(rows, engine, "a round", lambda row: row["rounds"].append(engine.ask(work, row["index"], 1)))
    attempt(rows, engine, "two threads", lambda row: row["rounds"][-1].update(two=engine.threads(work, row["index"])))
    if not isinstance(rows[engine.name], Failure):
        rows[engine.name]["patient"] = time.monotonic() - begin < PATIENCE and len(rows[engine.name]["rounds"]) == number + 1


def attempt(rows, engine, what, step):
    """What fails later leaves the figures that there are, and a note."""
    row = rows[engine.name]
    if isinstance(row, Failure):
        return
    try:
        step(row)
    except Failure as failure:
        if row["rounds"]:
            row["notes"].append(f"{engine.name}, {what}: {failure}.")
        else:
            rows[engine.name] = failure


def cold_start(engine, work, index):
    """Milliseconds from the process's start to its end after one answer from the saved index; fewer runs of a slow one."""
    times = []
    while len(times) < COLD_RUNS and sum(times) < 3:
        taken = engine.cold(work, index)
        if taken is None:
            return None
        times.append(taken)
    return statistics.median(times) * 1e3


def summary(work, row):
    rounds = row["rounds"]
    middle = {}
    for key in ("p50_us", "p99_us", "first_p50_us", "queries_per_second", "queries", "two"):
        values = [one[key] for one in rounds if one.get(key) is not None]
        middle[key] = statistics.median(values) if values else None
    if middle["two"] and middle["queries_per_second"]:  # another's work on the machine only ever makes either less
        middle["scale"] = max(one["two"] for one in rounds if one.get("two")) / max(one["queries_per_second"] for one in rounds)
    mrr, first = work.quality(rounds[0]["answers"])
    return {**row, **middle, "mrr": mrr, "recall": first, "peak": max(one["peak"] for one in rounds)}


# ---- Showing ----

COLUMNS = ["engine", "MRR@10", "recall@1", "p50 µs", "p99 µs", "p50 µs, first round", "questions/s", "by two threads", "two / one", "build s", "index MB", "MB to build", "MB to answer", "start to first answer, ms"]
LEGEND = """Each figure stands beside its ratio to Luukku's: 3× is three times as much. Load is the machine's as the collection began: where it is above the number of processors, all
times are longer than they need be, those of slow questions most. Every engine returns the ten best documents. p50 and p99 are of single questions on one thread, in a
round in which no question is new to the process; the first round's p50 has words never seen before. A round of a slow engine ends after 8 seconds; its figures, quality
too, are then of so many questions as stand beside its name. Two threads are two processes for JavaScript; two / one is the best of the rounds by two threads over the
best by one. Each engine builds in one process, by one thread, and answers in others from what it saved. Memory is a process's peak, mapped files included; an engine may have
12 GB. Start to first answer is from the process's start to its end, with the saved index, which Luukku reads as a whole then to see that nothing in it is damaged. Luukku
and Xapian are measured with all collections before the others are with those of more than 5,000 documents."""


def number(value, digits=0):
    return "–" if value is None else f"{value:,.{digits}f}"


def beside(value, ours, digits=0):
    if value is None or not ours:
        return number(value, digits)
    ratio = value / ours
    return f"{number(value, digits)} ({ratio:,.0f}×)" if ratio >= 10 else f"{number(value, digits)} ({ratio:.2g}×)"


def share(value):
    return f"{value:.3f}".lstrip("0")


def cells_of(engine, row, ours):
    most = ours["queries"] if ours else row["queries"]
    figures = [engine.name if row["queries"] >= most else f"{engine.name} ({row['queries']:.0f} questions)", share(row["mrr"]), share(row["recall"])]
    for key, scale, digits in (("p50_us", 1, 0), ("p99_us", 1, 0), ("first_p50_us", 1, 0), ("queries_per_second", 1, 0), ("two", 1, 0), ("scale", 1, 2), ("build_seconds", 1, 2),
                               ("index_bytes", 1e6, 1), ("build_peak", 1e6, 0), ("peak", 1e6, 0), ("cold", 1, 0)):
        value, unit = row.get(key), None if key == "scale" else ours and ours.get(key)
        figures.append(number(value and value / scale, digits) if row is ours or unit is None else beside(value and value / scale, unit / scale, digits))
    return figures


def table(work, engines, measured, missing):
    """`measured` is what measure gave of some of the engines."""
    rows = [(engine, measured[engine.name]) for engine in engines if engine.name in measured]
    lines = [f"### {work.title}", "", "| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    ours = None if isinstance(rows[0][1], Failure) else rows[0][1]
    for engine, row in rows:
        if isinstance(row, Failure):
            lines.append(f"| {engine.name} | {row} |" + " |" * (len(COLUMNS) - 2))
        else:
            lines.append("| " + " | ".join(cells_of(engine, row, ours)) + " |")
    lines += [f"| {name} | {why} |" + " |" * (len(COLUMNS) - 2) for name, why in missing.items()]
    lines += [f"\n{note}" for _, row in rows if not isinstance(row, Failure) for note in row["notes"]]
    return "\n".join(lines)
