"""A month at a shop that does not exist has everything in it that figures and editors' tools read.

    month.py SIMULATE_MONTH KB QUESTIONS_FOLDER
"""

import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import shop

EXPECTED = ("message.received turn.answered turn.clarified turn.chosen turn.fallback turn.repaired handoff.opened case.claimed case.closed "
            "agent.replied rated.helpful rated.csat rated.nps flow.asked proof.given conversation.ended").split()


def simulate(program, folder, name, seed):
    db, truth = folder / f"{name}.db", folder / f"{name}.tsv"
    command = [program, "--kb", folder / "young", "--db", db, "--truth", truth, "--conversations", "400", "--seed", str(seed)]
    for lang in shop.LANGUAGES:
        command += ["--questions", folder / f"seen_{lang}.tsv"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return db, truth.read_text(encoding="utf-8")


def events(db):
    with sqlite3.connect(db) as store:
        return store.execute("SELECT type, time, entry, text, reason, number, channel, lang FROM event ORDER BY id").fetchall()


def main(program, kb, questions):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shop.part_questions(questions, folder, 1)
        shop.make_young(pathlib.Path(kb), folder / "young", 3)
        seen = {row["id"] for lang in shop.LANGUAGES for row in shop.read_questions(folder / f"seen_{lang}.tsv")}
        held = {row["id"] for lang in shop.LANGUAGES for row in shop.read_questions(folder / f"held_{lang}.tsv")}
        assert seen and held and not seen & held, "a question is either seen or held back"

        db, truth = simulate(program, folder, "one", 7)
        happened = events(db)
        types = {event[0] for event in happened}
        missing = [name for name in EXPECTED if name not in types]
        assert not missing, f"never happened: {missing}"
        assert all(line.split("\t")[1] in seen for line in truth.splitlines()), "customers ask seen questions only"
        assert len({event[6] for event in happened}) == 3 and len({event[7] for event in happened}) == 3, "channels and languages"

        again, same_truth = simulate(program, folder, "two", 7)
        assert truth == same_truth and happened == events(again), "the same seed gives the same month"
        other, other_truth = simulate(program, folder, "three", 8)
        assert truth != other_truth, "another seed gives another month"


if __name__ == "__main__":
    main(*sys.argv[1:])
