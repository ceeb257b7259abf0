#!/usr/bin/env python3
"""luukku kb import as a program: what the sources say is what the knowledge base says, again and again."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as tree

PROGRAM, SAMPLE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
SOURCES = pathlib.Path(__file__).parent / "import"
SPACE, LANG = "{urn:luukku:kb:1}", "{http://www.w3.org/XML/1998/namespace}lang"
PAGE = '<html lang="fi"><head><link rel="canonical" href="https://a.example/faq"></head><body>{}</body></html>'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kb xmlns="urn:luukku:kb:1" xml:lang="fi">\n  <category id="c"><title>Asiat</title></category>\n'


def details(question, answer, id=None):
    return f'<details{f" id={id}" if id else ""}><summary>{question}</summary>{answer}</details>\n'


class Article:
    def __init__(self, file, lang, element, titles):
        text = lambda name: "".join(element.find(SPACE + name).itertext())
        self.file, self.lang, self.id, self.source = file, lang, element.get("id"), element.get("source")
        self.question, self.category = text("question"), titles.get(element.get("category"))
        self.answer = " ".join(text("answer").split())
        self.links = [(a.get("href"), "".join(a.itertext())) for a in element.iter(SPACE + "a")]
        self.tags = {e.tag.replace(SPACE, "") for e in element.find(SPACE + "answer").iter()} - {"answer"}
        self.updated = element.get("updated")


class Importing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.kb = self.root / "kb"

    def begin(self, text=HEAD + "</kb>\n", messages=False):
        self.kb.mkdir()
        (self.kb / "own.xml").write_text(text, encoding="utf-8")
        for file in [*SAMPLE.glob("*/messages.xml"), SAMPLE / "shop.xml"] if messages else []:
            (self.kb / f"{file.parent.name}-{file.name}").write_bytes(file.read_bytes())

    def source(self, name, text):
        path = self.root / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run_import(self, *arguments, environment=None):
        done = subprocess.run([PROGRAM, "kb", "import", *map(str, arguments)], capture_output=True, text=True, timeout=120, env=environment)
        return done.returncode, done.stdout, done.stderr

    def into(self, *arguments, status=0):
        code, said, found = self.run_import("--kb", self.kb, *arguments)
        self.assertEqual(code, status, found)
        return found

    def bytes(self):
        return {path.relative_to(self.root): path.read_bytes() for path in self.root.rglob("*") if path.is_file()}

    def articles(self):
        found, titles, roots = {}, {}, []
        for path in sorted(self.kb.rglob("*.xml")):
            root = tree.parse(path).getroot()
            roots.append((path, root))
            for category in root.iter(SPACE + "category"):
                titles[category.get("id"), category.get(LANG, root.get(LANG))] = category.find(SPACE + "title").text
        for path, root in roots:
            for element in root.iter(SPACE + "article"):
                lang = element.get(LANG, root.get(LANG))
                article = Article(path.name, lang, element, {id: title for (id, of), title in titles.items() if of == lang})
                found[article.question] = article
        return found


class Formats(Importing):
    def take(self, *names, status=0):
        code, _, found = self.run_import("--into", self.kb, *[SOURCES / name for name in names])
        self.assertEqual(code, status, found)
        return self.articles(), found

    def test_json_ld_in_a_graph_with_references(self):
        got, found = self.take("jsonld_fi.html")
        page = "https://kotikirppu.example/ohjeet/usein-kysyttya?a=1&b=2"
        self.assertEqual(list(got), ["Voiko villamaton pestä koneessa?", "Saako kudontakurssin lahjakortin pitää, jos kurssi peruuntuu?",
                                     "Miten saan ristipistomallin tulostettua?"])
        wool, gift, print_ = got.values()
        self.assertEqual((wool.lang, wool.category, wool.source, wool.updated), ("fi", "Usein kysyttyä", page + "#pesu", "2026-05-04"))
        self.assertEqual(wool.answer, "Ei voi. Villa huopuu koneessa; vie matto pesulaan. pieni matto: 12,50 € suuri matto: kysy tarjous")
        self.assertEqual(wool.links, [("https://kotikirppu.example/hinnat?koko=pieni&l=1", "12,50 €")])
        self.assertEqual(gift.answer, "Saa. Lahjakortti on voimassa kaksi vuotta.Katso ehdot & kirjoita meille.")
        self.assertEqual(gift.links, [("mailto:kurssit@kotikirppu.example", "kirjoita meille")])
        self.assertEqual(print_.tags, {"p", "ul", "li"})
        self.assertIn('1 image left out of the answer to "Voiko', found)
        self.assertIn('1 table, 1 script left out of the answer to "Saako', found)
        self.assertIn("a link (javascript:alert(1))", found)

    def test_microdata(self):
        got, found = self.take("microdata_sv.html")
        motor, anchor = got.values()
        self.assertEqual((motor.question, motor.lang, motor.id), ("Hur ofta skall utombordsmotorn servas?", "sv", "hur-ofta-skall-utombordsmotorn-servas"))
        self.assertEqual(motor.answer, "En gång om året, eller var hundrade timme. Beställ tid på webben i butiken Ta med nyckeln")
        self.assertEqual(motor.links, [("https://skargard.example/hjalp/service.html#tid", "tid")])
        self.assertEqual(motor.tags, {"p", "em", "ol", "ul", "li", "a"})
        self.assertEqual((anchor.question, anchor.answer), ("Får man ankra vid Örö <fort>?", "Ja, men högst två dygn."))
        self.assertIn("1 form or button left out", found)

    def test_a_page_made_by_hand(self):
        got, found = self.take("shown_en.html")
        self.assertEqual({q: (a.answer, a.category) for q, a in got.items()}, {
            "Do I need nails or screws?": ("Screws. M8 or larger. They are in the kit.", "Building"),
            "Which trees can carry a treehouse?": ("Oak, beech and pine, thicker than 30 cm. Never build in a birch. Dead trees Don't.", "Building"),
            "How long does the oil take to dry?": ("Two days in summer.", "Building"),
            "Do you take invoices?": ("Yes, from companies.", "Paying"),
            "Is there a discount for schools?": ("Ten per cent: ask us first.", "Paying")})
        self.assertEqual(got["Do I need nails or screws?"].links, [("https://treehouse.example/kit", "kit")])
        self.assertIn("1 frame left out", found)

    def test_a_zendesk_export_with_translations(self):
        got, found = self.take("zendesk.json", status=1)
        fi, sv = got["Milloin uuhi keritään?"], got["När klipps tackan?"]
        self.assertEqual((fi.id, fi.source), (sv.id, sv.source))
        self.assertEqual((fi.lang, fi.category, sv.lang, sv.category), ("fi", "Keritseminen", "sv", "Klippning"))
        self.assertEqual((fi.updated, fi.answer), ("2026-02-03", "Keväällä Ennen laidunkautta, katso ohje."))
        self.assertEqual(fi.links, [("https://lammas.zendesk.com/hc/fi/articles/2", "ohje")])
        self.assertEqual(sv.answer, "På våren, före betet.")
        self.assertEqual(len(got), 2)
        for why in ['"Luonnos" was left out: it is a draft', '"Tyhjä ohje?" was left out: it has no answer', '"Wann?" was left out: its language']:
            self.assertIn(why, found)

    def test_zendesk_in_other_shapes(self):
        article = {"id": 7, "title": "Kysymys?", "body": "<p>Vastaus.</p>", "locale": "fi", "section_id": 1}
        nested = {**article, "translations": [{"locale": "fi", "title": "Kysymys?", "body": "<p>Vastaus.</p>"}, {"locale": "en-us", "title": "Question?", "body": "<p>Answer.</p>"}]}
        for text, count in [(json.dumps([article]), 1), (json.dumps([{"articles": [article]}, {"articles": []}]), 1), (json.dumps({"article": nested}), 2),
                            (json.dumps({"articles": [article]}) + "\n" + json.dumps({"sections": [{"id": 1, "name": "Osa", "locale": "fi"}]}), 1)]:
            with self.subTest(text[:40]):
                self.kb = self.root / str(len(text))
                code, _, found = self.run_import("--into", self.kb, self.source("pages.json", text))
                self.assertEqual(code, 0, found)
                self.assertEqual(len(self.articles()), count)

    def test_a_table_as_a_finnish_excel_writes_it(self):
        got, found = self.take("table.csv", status=1)
        dog = got["Saako koiran tuoda näyttelyyn?"]
        self.assertEqual((dog.answer, dog.lang, dog.category), ('Kyllä; "aina". Soita ensin.', "fi", "Näyttely"))
        self.assertEqual(got["Får hunden komma in?"].lang, "sv")
        self.assertIn('table.csv:6: error: "Kysymys vailla vastausta?" was left out', found)

    def test_tables_with_tabs_or_commas_and_html(self):
        for name, text in [("a.tsv", 'answer\tquestion\n"<p>A <b>b</b></p>"\tKuka?\n'), ("b.txt", 'question,answer,extra\nKuka?,"A b"\n')]:
            with self.subTest(name):
                self.kb = self.root / name[0]
                code, _, found = self.run_import("--lang", "fi", "--into", self.kb, self.source(name, text))
                self.assertEqual(code, 0, found)
                self.assertEqual(self.articles()["Kuka?"].answer, "A b")

    def test_ids_of_a_table_join_translations(self):
        self.run_import("--into", self.kb, self.source("a.csv", "id,question,answer,language\nwho,Kuka?,Hän.,fi\nwho,Vem?,Hon.,sv\n"))
        got = self.articles()
        self.assertEqual((got["Kuka?"].id, got["Vem?"].id), ("who", "who"))

    def test_markdown(self):
        got, found = self.take("text.md")
        root = got["Miten juuren saa heräämään?"]
        self.assertEqual(root.answer, "Sekoita ruisjauhoa ja vettä, ja odota: päivä lämpimässä toinen viileässä ei jääkaapissa Lisää sivulla.")
        self.assertEqual((root.links, root.category), ([("https://leipomo.example/juuri.html", "sivulla")], "Juuri"))
        self.assertEqual(root.tags, {"p", "strong", "em", "ol", "ul", "li", "a"})
        self.assertEqual(got["Voiko juuren pakastaa?"].answer, "Voi. Katso https://leipomo.example/pakastus.")
        self.assertIn("text.md:11: warning: 1 image left out", found)

    def test_markdown_headings_that_do_not_ask(self):
        text = "# Ohjeet\n\nAlku.\n\n## Maksu\n\n### Laskulla\n\nKyllä.\n\n### Kortilla\n\nEi.\n"
        self.run_import("--lang", "fi", "--into", self.kb, self.source("a.md", text))
        self.assertEqual({q: (a.answer, a.category) for q, a in self.articles().items()}, {"Laskulla": ("Kyllä.", "Maksu"), "Kortilla": ("Ei.", "Maksu")})

    def test_what_is_imported_is_answered(self):
        self.begin(messages=True)
        self.into(SOURCES / "jsonld_fi.html")
        done = subprocess.run([PROGRAM, "ask", "--kb", self.kb, "voiko villamaton pestä koneessa"], capture_output=True, text=True, timeout=120)
        self.assertIn("Villa huopuu", done.stdout)


class Again(Importing):
    def test_nothing_new_leaves_every_byte(self):
        self.begin()
        sources = [SOURCES / name for name in ("jsonld_fi.html", "microdata_sv.html", "shown_en.html", "zendesk.json", "table.csv", "text.md")]
        self.into(*sources, status=1)
        before = self.bytes()
        self.assertIn("0 new, 0 updated, 16 unchanged", self.into(*sources, status=1))
        self.assertEqual(self.bytes(), before)

    def test_an_editors_own_work_stays(self):
        self.begin()
        self.into(self.source("a.html", PAGE.format(details("Mikä on hinta?", "<p>Kolme euroa.</p>") + details("Mikä on paino?", "<p>Kilo.</p>"))))
        file = self.kb / "imported-fi.xml"
        mine = file.read_text().replace('id="mika-on-hinta" category="faq"', 'id="price" category="c"').replace('category="a"', 'category="c"')
        mine = mine.replace("</question>\n    <answer>\n      <p>Kolme", "</question>\n    <variant>hinnat</variant> <!-- said -->\n    <keywords>eurot</keywords>\n    <answer>\n      <!-- checked -->\n      <p>Kolme")
        mine = mine.replace("Kolme euroa.</p>\n    </answer>", 'Kolme euroa.</p>\n    </answer>\n    <see ref="mika-on-paino"/>')
        file.unlink()
        (self.kb / "moved.xml").write_text(mine)
        found = self.into(self.source("a.html", PAGE.format(details("Mikä on hinta?", "<p>Neljä euroa.</p>") + details("Mikä on paino?", "<p>Kilo.</p>"))))
        self.assertIn("0 new, 1 updated, 1 unchanged", found)
        self.assertEqual((self.kb / "moved.xml").read_text(), mine.replace("Kolme", "Neljä"))
        self.assertFalse(file.exists())

    def test_pictures_styles_and_scripts_within_an_answer_do_not_end_it(self):
        self.begin()
        page = PAGE.format("<h2>Mikä on hinta?</h2><svg></svg><p>Kolme euroa.</p><p>Katso <svg><path/></svg><script>1</script>lisää.</p>"
                           "<style>p{}</style><noscript>x</noscript><p>Lopuksi.</p><h2>Mikä on paino?</h2><p>Kilo.</p><script>2</script><div>Alatunniste</div>")
        found = self.into(self.source("a.html", page))
        self.assertEqual({a.question: a.answer for a in self.articles().values()},
                         {"Mikä on hinta?": "Kolme euroa. Katso lisää. Lopuksi.", "Mikä on paino?": "Kilo."}, found)

    def test_memory_grows_with_the_questions_however_many_wish_for_one_id(self):
        word = lambda i: "".join(chr(ord("а") + (i >> 3 * k) % 8) for k in range(6))  # no letter of it is in an id
        used = []
        for count in (1000, 4000):
            table = self.source(f"{count}.csv", "question,answer,lang\n" + "".join(f"{word(i)}?,{word(i)},fi\n" for i in range(count)))
            with open(self.root / "said", "w") as said:
                child = subprocess.Popen([PROGRAM, "kb", "import", "--into", self.root / str(count), table], stderr=said)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(child.returncode, 0, (self.root / "said").read_text())
            used.append(usage.ru_maxrss)
        self.assertLess(used[1], 3 * used[0])
        self.assertIn('id="question-4000"', (self.root / "4000" / "q-4000-fi.xml").read_text())

    def test_a_question_worded_anew_is_the_same_article(self):
        self.begin()
        self.into(self.source("a.html", PAGE.format(details("Mikä on hinta?", "Kolme euroa."))))
        self.assertIn("0 new, 1 updated", self.into(self.source("a.html", PAGE.format(details("Paljonko maksaa?", "Kolme euroa.")))))
        self.assertEqual([(a.question, a.id) for a in self.articles().values()], [("Paljonko maksaa?", "mika-on-hinta")])

    def test_an_address_within_the_page_finds_it_when_all_changed(self):
        self.begin()
        self.into(self.source("a.html", PAGE.format(details("Mikä on hinta?", "Kolme euroa.", "price"))))
        self.assertIn("0 new, 1 updated", self.into(self.source("a.html", PAGE.format(details("Paljonko maksaa?", "Neljä.", "price")))))

    def test_what_is_gone_is_told_and_stays(self):
        self.begin()
        self.into(self.source("a.html", PAGE.format(details("Mikä on hinta?", "Kolme.") + details("Mikä on paino?", "Kilo."))))
        found = self.into(self.source("a.html", PAGE.format(details("Mikä on hinta?", "Kolme."))))
        self.assertIn("mika-on-paino is not in", found)
        self.assertIn("1 gone from the source", found)
        self.assertIn("Mikä on paino?", self.articles())

    def test_an_article_written_by_hand_is_taken_up_by_its_id(self):
        self.begin(HEAD + '  <article id="mika-on-hinta" category="c">\n    <question>Mikä on hinta?</question>\n    <answer>Vanha.</answer>\n  </article>\n</kb>\n')
        self.assertIn("1 updated", self.into(self.source("a.html", PAGE.format(details("Mikä on hinta?", "Uusi.")))))
        self.assertEqual(self.articles()["Mikä on hinta?"].answer, "Uusi.")

    def test_a_dry_run_shows_the_patch_and_writes_nothing(self):
        self.begin()
        page = self.source("a.html", PAGE.format(details("Mikä on hinta?", "Kolme.")))
        self.into(page)
        page = self.source("a.html", PAGE.format(details("Mikä on hinta?", "Neljä.") + details("Uusi?", "Uusi.")))
        before = self.bytes()
        code, diff, found = self.run_import("--kb", self.kb, "--dry-run", page)
        self.assertEqual((code, self.bytes()), (0, before))
        self.assertIn("(nothing was written)", found)
        done = subprocess.run(["patch", "-s", "-p1"], cwd=self.kb, input=diff, text=True, timeout=60)
        patched = self.bytes()
        for path, text in before.items():
            (self.root / path).write_bytes(text)
        self.into(page)
        self.assertEqual((done.returncode, patched), (0, self.bytes()))


class Choices(Importing):
    def test_new_articles_go_where_they_are_sent(self):
        self.begin()
        (self.kb / "fi").mkdir()
        page = self.source("a.html", PAGE.format(details("Mikä on hinta?", "Kolme.")))
        self.into(page)
        self.assertEqual(self.articles()["Mikä on hinta?"].file, "imported.xml")
        self.into("-o", self.kb / "own.xml", self.source("b.html", PAGE.format(details("Kuka?", "Hän.")).replace("/faq", "/b")), "--category", "c")
        self.assertEqual(self.articles()["Kuka?"].file, "own.xml")
        self.assertEqual(self.articles()["Kuka?"].category, "Asiat")

    def test_ids_are_readable_and_unique(self):
        self.begin(HEAD + '<article id="mika-on-hinta" category="c"><question>Eri asia</question><answer>A</answer></article></kb>')
        questions = ["Mikä on hinta?", "Do I pay?", "100 % villaa?", "???", "Ääkkösiä öylätin åäö ÉÀ"]
        self.into(self.source("a.html", PAGE.format("".join(details(q, f"A {n}") for n, q in enumerate(questions)))))
        ids = {a.question: a.id for a in self.articles().values()}
        self.assertEqual([ids[q] for q in questions], ["mika-on-hinta-2", "q-do-i-pay", "q-100-villaa", "question", "aakkosia-oylatin-aao-ea"])

    def test_a_phrasing_that_another_article_claims_is_left_out_by_name(self):
        self.begin(HEAD + '<article id="own" category="c"><question>Oma</question><variant>mikä on HINTA</variant><answer>A</answer></article></kb>')
        before = self.bytes()
        page = self.source("a.html", PAGE.format(details("Mikä on hinta?", "Kolme.")))
        self.assertIn('"Mikä on hinta?" was left out: own (', self.into(page, status=1))
        self.assertEqual({k: v for k, v in self.bytes().items() if k.parts[0] == "kb"}, before)

    def test_repeated_questions(self):
        self.begin()
        found = self.into(self.source("a.html", PAGE.format(details("Kuka?", "A") + details("kuka", "A") + details("KUKA?", "B"))), status=1)
        self.assertIn('"kuka" is there twice', found)
        self.assertIn('"KUKA?" was left out: it is there twice with two answers', found)
        self.assertEqual(len(self.articles()), 1)

    def test_long_answers(self):
        self.begin()
        found = self.into(self.source("a.html", PAGE.format(details("Pitkä?", "sana " * 200) + details("Liian pitkä?", "sana " * 3000))), status=1)
        self.assertIn("[answer-long]", found)
        self.assertIn('"Liian pitkä?" was left out: the answer is longer than 8,000 characters', found)

    def test_relative_links_without_an_address(self):
        self.begin()
        page = '<html lang="fi"><details><summary>Kuka?</summary><a href="/a">a</a> <a href="b.html">b</a> <a href="//c.example/d e">c</a></details></html>'
        found = self.into(self.source("a.html", page))
        self.assertEqual(self.articles()["Kuka?"].links, [("/a", "a"), ("https://c.example/d%20e", "c")])
        self.assertIn("a link (/a) in the answer", found)
        self.assertIn("a link (b.html) in the answer", found)
        self.into("--base", "https://d.example/x/", self.source("b.html", page.replace("Kuka", "Mikä")))
        self.assertEqual(self.articles()["Mikä?"].links[1], ("https://d.example/x/b.html", "b"))

    def test_braces_and_marks_are_text(self):
        self.begin()
        self.into(self.source("a.html", PAGE.format(details("Mitä {x} &lt;b&gt; on?", "Kirjoita {nimi} &amp;lt; <a href='https://a.example/{y}'>x</a>"))))
        article = self.articles()["Mitä {x} <b> on?"]
        self.assertEqual((article.answer, article.links), ("Kirjoita {{nimi}} &lt; x", [("https://a.example/%7By%7D", "x")]))


class Refusals(Importing):
    def refused(self, source, message, *options):
        self.begin() if not self.kb.exists() else None
        before = self.bytes()
        found = self.into(*options, source, status=2)
        self.assertRegex(found, message)
        self.assertNotIn("Sanitizer", found)
        self.assertEqual(self.bytes(), before)

    def test_broken_sources_are_refused_with_a_mend(self):
        for name, text, message in [
                ("a.json", '{"articles": [{"id": 1, "title": "Q', r"a.json:1: error: this JSON is broken here: .*; export it again"),
                ("a.json", b'{"articles": [{"title": "\xe4"}]}', "this JSON is broken here"),
                ("a.json", '{"x": 1}', "there is no article in this JSON"),
                ("a.csv", "question;answer\nMikä;Tämä\n".encode("latin-1"), 'not UTF-8; in Excel save it as "CSV UTF-8"'),
                ("a.csv", "question,answer\nA,\"B\n", r"a.csv:2: error: a quotation mark that opens here is never closed"),
                ("a.csv", "nimi,hinta\nA,B\n", "the first row does not name the columns"),
                ("a.csv", "question,answer\n", "no rows"),
                ("a.html", "<html><p>ääni</p></html>".encode("latin-1"), "not UTF-8"),
                ("a.html", "<html lang=fi><p>Ei kysymyksiä</p></html>", "there is no question in this page"),
                ("a.html", "<div>" * 100000, "nested more than 250 deep"),
                ("a.html", "<p " + " ".join(f"a{n}=1" for n in range(200000)) + ">", "hundreds of attributes"),
                ("a.md", "\xff".encode("latin-1"), "not UTF-8"),
                ("a.json", "[" * 100000, "this JSON is broken here"),
                ("a.bin", bytes(range(1, 9)) * 100, "can't be guessed"),
                ("a.csv", "", "empty"), ("a.csv", "\n \n", "empty")]:
            with self.subTest(text[:30]):
                self.refused(self.source(name, text), message)

    def test_huge_files(self):
        for name, size, most in [("huge.csv", 50, 16), ("huge.html", 5, 4), ("huge.md", 2, 1)]:
            path = self.source(name, "x")
            with open(path, "r+b") as file:
                file.truncate(size << 20)
            self.refused(path, f"larger than {most} MB")

    def test_what_cannot_be_read(self):
        self.begin()
        self.refused(self.root / "missing.html", "can't be read")
        self.refused(self.root, "can't be read")

    def test_one_bad_source_keeps_all_from_being_written(self):
        self.begin()
        good = self.source("a.html", PAGE.format(details("Kuka?", "Hän.")))
        before = self.bytes()
        bad = self.source("b.json", "{")
        code, _, found = self.run_import("--kb", self.kb, good, bad)
        self.assertEqual((code, {k: v for k, v in self.bytes().items() if k.name != "b.json"}), (2, before), found)

    def test_a_knowledge_base_that_is_broken_is_left_alone(self):
        self.begin(HEAD + "<article/></kb>")
        self.refused(SOURCES / "jsonld_fi.html", "own.xml:4: error:")

    def test_scripts_never_come_through(self):
        self.begin()
        nasty = ('<script>alert(1)</script><img src=x onerror=alert(1)><a href=" java&#9;script:alert(1)">a</a><a href="data:text/html,x">b</a>'
                 '<svg onload=alert(1)><a xlink:href="javascript:alert(1)">c</a></svg><style>x{}</style><b onclick="x">&lt;script&gt;</b>')
        self.into(self.source("a.html", PAGE.format(details("Kuka?", nasty))))
        text = (self.kb / "imported-fi.xml").read_text()
        for word in ("<script", "onerror", "onload", "onclick", "javascript", "data:"):
            self.assertNotIn(word, text)
        self.assertEqual(self.articles()["Kuka?"].answer, "ab<script>")

    def test_misuse_is_told_apart(self):
        self.begin()
        environment = {"PATH": "/usr/bin"}
        self.assertIn("name the knowledge base", self.run_import(SOURCES / "text.md", environment=environment)[2])
        for options in [[], ["--format", "word", "x"], ["--base", "kauppa", "x"], ["--lang", "de", "x"], ["-o", "a.xml", "--into", "b", "x"]]:
            self.assertEqual(self.run_import("--kb", self.kb, *options)[0], 2)
        self.refused(self.source("a.html", PAGE.replace(' lang="fi"', "").format(details("Kuka?", "Hän."))), "something.xml", "-o", self.root / "x.txt", "--lang", "fi")


if __name__ == "__main__":
    unittest.main()
