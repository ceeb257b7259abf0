"""What is learnt from a small month: gaps are found, suggestions are safe to read, the patch applies, and nothing is changed by itself.

    learning.py LUUKKU SIMULATE_MONTH KB QUESTIONS_FOLDER
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import editor
import shop

MASKED = re.compile(r"040 123|@posti|@post\.|@mail\.")
PERSONAL = re.compile(MASKED.pattern + r"|meikäläinen|meikalainen|modell|sample", re.I)  # names are no marks: the masks do not know them


def run(*command, status=0):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == status, f"{command}: exit status {done.returncode}: {done.stderr}"
    return done


def snapshot(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def check_gaps(luukku, folder):
    db, kb = folder / "month.db", folder / "kb"
    report = json.loads(run(luukku, "kb", "gaps", "--db", db, "--kb", kb, "--json", "--top", "1000").stdout)
    assert report["questions"] > 300 and report["failed"] > 50 and report["gaps"] and len(report["top_questions"]) == 10
    costs = [group["cost"] for group in report["gaps"]]
    assert costs == sorted(costs, reverse=True), "the costliest first"
    assert not MASKED.search(json.dumps(report, ensure_ascii=False)), "examples are masked"
    text = run(luukku, "kb", "gaps", "--db", db, "--kb", kb).stdout
    assert "Gaps, the costliest first" in text and "Most asked from" in text
    one = json.loads(run(luukku, "kb", "gaps", "--db", db, "--kb", kb, "--json", "--lang", "sv").stdout)
    assert {group["lang"] for group in one["gaps"]} == {"sv"}
    before = json.loads(run(luukku, "kb", "gaps", "--db", db, "--kb", kb, "--json", "--to", "2026-09-30").stdout)
    assert before["questions"] == 0, "nothing was asked before the month"


def check_usage(luukku, folder):
    db, kb = folder / "month.db", folder / "kb"
    run(luukku, "kb", "gaps", "--kb", kb, status=2)
    run(luukku, "kb", "gaps", "--db", folder / "missing.db", "--kb", kb, status=2)
    run(luukku, "kb", "gaps", "--db", db, "--kb", kb, "--from", "yesterday", status=2)
    run(luukku, "kb", "suggest", "--db", db, "--kb", kb, "--quick", "--accept", "v1,v999", status=2)


def check_suggestions(luukku, folder):
    db, kb, patch = folder / "month.db", folder / "kb", folder / "good.patch"
    was = snapshot(kb)
    command = [luukku, "kb", "suggest", "--db", db, "--kb", kb, "--questions", folder / "seen_fi.tsv", "--top", "8"]
    report = json.loads(run(*command, "--json", "--patch", patch).stdout)
    kinds = {one["kind"] for one in report["suggestions"]}
    assert "variant" in kinds and report["suggestions"][0]["conversations"] >= 2
    for one in report["suggestions"]:
        assert one["accepted"] == (not one["hurts"]), "those that do not hurt are accepted"
        assert one["effect"]["phrasings"]["asked"] > 500 and one["effect"]["questions"]["asked"] > 200
        assert not PERSONAL.search(one["text"]) and "[" not in one["text"] and not re.search(r"\d{6}", one["text"]), one["text"]
    assert snapshot(kb) == was, "nothing is applied by itself"

    editor.apply_patch(kb, patch, folder / "kb-good")
    run(luukku, "kb", "check", "--kb", folder / "kb-good")
    added = [line for line in patch.read_text(encoding="utf-8").splitlines() if line.startswith("+") and not line.startswith("+++")]
    removed = [line for line in patch.read_text(encoding="utf-8").splitlines() if line.startswith("-") and not line.startswith("---")]
    assert added and not removed, "lines are only added"
    assert not PERSONAL.search("\n".join(added))

    name = report["suggestions"][0]["name"]
    one = json.loads(run(*command, "--json", "--quick", "--accept", name).stdout)
    assert one["accepted"] == 1 and [s["name"] for s in one["suggestions"] if s["accepted"]] == [name]


def main(luukku, simulate, kb, questions):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shop.part_questions(questions, folder, 1)
        shop.make_young(pathlib.Path(kb), folder / "kb", 3)
        command = [simulate, "--kb", folder / "kb", "--agents-know", kb, "--db", folder / "month.db", "--truth", folder / "truth.tsv",
                   "--conversations", "500"]
        for lang in shop.LANGUAGES:
            command += ["--questions", folder / f"seen_{lang}.tsv"]
        run(*command)
        check_gaps(luukku, folder)
        check_usage(luukku, folder)
        check_suggestions(luukku, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
