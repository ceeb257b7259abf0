"""The simulated editor: accepts what the gold labels confirm, and measures what that gives."""

import json
import pathlib
import re
import shutil
import subprocess


def read_truth(path):
    """Conversation → what was asked in it: (text, labels)."""
    truth = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        conversation, _, label, also, _, text = line.split("\t")
        truth.setdefault(conversation, []).append((text, {label, *also.split(",")} - {""}))
    return truth


def read_actions(kb):
    """Intent → its label, an @ and its action."""
    actions = {}
    for path in pathlib.Path(kb).rglob("*.xml"):
        for match in re.finditer(r'<intent id="([^"]*)".*?</intent>', path.read_text(encoding="utf-8"), re.S):
            action = re.search(r'<action name="([^"]*)"', match.group(0))
            if action:
                actions[match.group(1)] = "@" + action.group(1)
    return actions


def labels_of(asked, truth):
    """The labels of one message: of the question with this text, or else of all that its conversation asked."""
    known = truth.get(asked["conversation"], [])
    same = [labels for text, labels in known if text == asked["text"]]
    return same or [labels for _, labels in known]


def is_confirmed(suggestion, truth, actions):
    """Most of the messages that speak for it meant its entry. A new article has no gold label: this editor leaves it."""
    if suggestion["kind"] == "article":
        return False
    label = actions.get(suggestion["entry"], suggestion["entry"])
    meant = [any(label in labels for labels in labels_of(asked, truth)) for asked in suggestion["asked"]]
    return 2 * sum(meant) > len(meant)


def suggest(luukku, folder, kb, accept, extra):
    command = [luukku, "kb", "suggest", "--db", folder / "month.db", "--kb", kb, "--json", "--quick", "--accept", accept, *extra]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def apply_patch(kb, patch, out):
    shutil.copytree(kb, out)
    if patch.stat().st_size:
        subprocess.run(["patch", "-p1", "--quiet", "-d", out, "-i", patch.resolve()], check=True)


def evaluate(luukku, kb, questions):
    """Measures of each language's questions, and of all."""
    figures = {}
    for part, paths in [*((path.stem[-2:], [path]) for path in questions), ("all", questions)]:
        command = [luukku, "eval", "--kb", kb, "--bootstrap", "0", "--json"]
        for path in paths:
            command += ["--questions", path]
        figures[part] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return figures


def learn(luukku, folder, kb, extra=()):
    """Suggestions, the editor's choice among them, and the knowledge base after it."""
    truth, actions = read_truth(folder / "truth.tsv"), read_actions(kb)
    offered = suggest(luukku, folder, kb, "none", extra)["suggestions"]
    chosen = [one for one in offered if is_confirmed(one, truth, actions)]
    patch = folder / "accepted.patch"
    names = ",".join(one["name"] for one in chosen) or "none"
    joint = suggest(luukku, folder, kb, names, [*extra, "--patch", patch])["joint"]
    shutil.rmtree(folder / "kb-after", ignore_errors=True)
    apply_patch(kb, patch, folder / "kb-after")
    return offered, chosen, joint
