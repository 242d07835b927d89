"""A few of the shipped files, for tests of what happens to rules and lists and not of what these say.

The content pack and the beginnings of five lists are built in a fraction of the time that everything takes, and are
just as real. The lists are short enough to be built where they are asked for, and not in a process of their own.
"""

from __future__ import annotations

from app.settings import PROJECT

FEW = {
    "rules": ("content/pack.yaml", "content/examples.yaml"),
    "wordlists": (
        "categories.yaml",
        "absolute_terms.txt",
        "medical_claims.txt",
        "health_food_claims.txt",
        "counterfeit.txt",
        "elderly_health_fraud.txt",
    ),
}
_WORDS = 20


def few_files(kind):
    """Name to text."""
    return {name: _begin(name, (PROJECT / kind / name).read_text("utf-8")) for name in FEW[kind]}


def few_folders(folder):
    """Copies below ``folder``, and the settings that name them."""
    for kind in FEW:
        for name, text in few_files(kind).items():
            target = folder / kind / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    return {"rules_dir": folder / "rules", "wordlists_dir": folder / "wordlists"}


def _begin(name, text):
    """Of a list its head and first words; of anything else all."""
    if not name.endswith(".txt"):
        return text
    lines = text.splitlines(keepends=True)
    words = [line for line in lines if not line.startswith("#")]
    return "".join([line for line in lines if line.startswith("# ")] + words[:_WORDS])
