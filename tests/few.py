"""A few of the shipped files, for tests of what happens to rules and lists and not of what these say.

The content pack and five lists are built in a fraction of the time that everything takes, and are just as real.
"""

from __future__ import annotations

import shutil

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


def few_files(kind):
    """Name to text."""
    return {name: (PROJECT / kind / name).read_text("utf-8") for name in FEW[kind]}


def few_folders(folder):
    """Copies below ``folder``, and the settings that name them."""
    for kind, names in FEW.items():
        for name in names:
            target = folder / kind / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / kind / name, target)
    return {"rules_dir": folder / "rules", "wordlists_dir": folder / "wordlists"}
