"""Salutations, titles and genders as other programs write them."""

from __future__ import annotations

_WORDS = {
    "mr": "mr mister herr herrn hr monsieur m señor sr signor sig sir 先生 г-н господин male man männlich homme мужской 男 男性 masculin männl",
    "ms": "mrs ms miss frau fr fräulein frl madame mme mlle señora sra srta signora 女士 小姐 太太 夫人 г-жа госпожа female f w woman weiblich femme женский"
    " 女 女性 féminin weibl",
    "mx": "mx divers diverse other nonbinary non-binary",
}
SALUTATION_OF = {word: value for value, words in _WORDS.items() for word in words.split()}
_TITLES = set(
    "dr dr.-ing dr-ing dipl.-ing dipl.-kfm dipl.-kffr dipl.-inf"
    " prof professor professorin doctor doktor ing dipl dipl-ing dipl-kfm dipl-kffr dipl-inf mag med jur phil rer nat habil h.c hc hon rev judr mudr mgr bc"
    " phdr rndr 博士 教授 医生 docteur professeur".split()
)  # fmt: skip


def _bare(word: str) -> str:
    return word.strip(".,").casefold()


def read_salutation(text: str) -> tuple[str | None, str]:
    """Read a cell of a salutation, title or gender column; returns the salutation and what of it is a title."""
    salutation, titles = None, []
    for word in text.split():
        bare = _bare(word)
        if bare in SALUTATION_OF:
            salutation = salutation or SALUTATION_OF[bare]
        elif bare in _TITLES or "." in word:
            titles.append(word)
    return salutation, " ".join(titles)


def is_salutation_or_title(text: str) -> bool:
    """Say whether a cell holds nothing but salutations and titles, as Outlook's column “Title” does."""
    words = text.split()
    return bool(words) and all(_bare(word) in SALUTATION_OF or _bare(word) in _TITLES for word in words)
