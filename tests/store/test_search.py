"""Search finds everything that a plain look through all records finds, and shows the best first."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from crmdesk.i18n import SPELLED_OUT
from crmdesk.models.names import folded, has_cjk, initials, pinyin, spellings
from crmdesk.operations import records, workspace
from crmdesk.queries import about
from crmdesk.queries.records import titles
from crmdesk.queries.search import matching, search
from crmdesk.store import Change, operation
from crmdesk.store.search_index import words
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

PEOPLE = [
    ("Maria Anders", "Sales representative", "030-0074321", "maria@alfreds.example"), ("Ana Trujillo", "Owner", "(5) 555-4729", "ana.trujillo@emparedados.example"),
    ("Frédérique Citeaux", "Marketing manager", "88.60.15.31", "fred@blonde.example"), ("王伟", "采购经理", "+86 138 0013 8000", "wangwei@mingde.example"),
    ("欧阳娜娜", "经理", "021-5888 6666", "nana@shanghai.example"), ("Łukasz Żółć", "Owner", "+48 22 123 45 67", "lukasz@zolc.example"),
    ("Dr. Anna von Berg", "Head of IT", "+43 316 1234-56", "anna.von-berg@graz.example"), ("Jörg Müßig", "Buyer", "0171 9998887", "joerg@muessig.example"),
]  # fmt: skip


@pytest.fixture
def people(store: Store) -> dict[str, UUID]:
    store.run(records.add, "company", {"name": "上海明德贸易有限公司", "address.city": "上海"})
    store.run(records.add, "company", {"name": "Alfreds Futterkiste", "address.city": "Berlin", "customer_number": "K-1042"})
    return {
        name: store.run(records.add, "contact", {"name": name, "role": role, "phone": phone, "email": mail, "company": "Alfreds Futterkiste"})
        for name, role, phone, mail in PEOPLE
    }


def found(store: Store, text: str) -> list[str]:
    with store.read() as reader:
        return [hit.title for hit in search(reader, text, 20, ["contact", "company"])]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("mar", "Maria Anders"), ("anders m", "Maria Anders"), ("frederique", "Frédérique Citeaux"), ("FRÉD", "Frédérique Citeaux"), ("zolc", "Łukasz Żółć"),
        ("王", "王伟"), ("wangw", "王伟"), ("ww", "王伟"), ("娜娜", "欧阳娜娜"), ("oynn", "欧阳娜娜"), ("明德", "上海明德贸易有限公司"), ("mdmy", "上海明德贸易有限公司"),
        ("0074321", "Maria Anders"), ("74321", "Maria Anders"), ("+49 30 00743", "Maria Anders"), ("5554729", "Ana Trujillo"), ("138 0013", "王伟"),
        ("emparedados", "Ana Trujillo"), ("trujillo@emp", "Ana Trujillo"), ("K-1042", "Alfreds Futterkiste"), ("k-10", "Alfreds Futterkiste"),
        ("berg", "Anna von Berg"), ("muessig", "Jörg Müßig"), ("jorg", "Jörg Müßig"), ("采购", "王伟"), ("head", "Anna von Berg"),
    ],
)  # fmt: skip
def test_what_is_typed_finds_the_right_one_first(store: Store, people: dict[str, UUID], typed: str, first: str) -> None:
    assert found(store, typed)[0] == first


def test_a_changed_or_deleted_record_is_found_as_it_is_now(store: Store, people: dict[str, UUID]) -> None:
    store.run(records.edit, "contact", [people["Maria Anders"]], {"family_name": "Zeppelin", "phone": "040 777888"})
    assert found(store, "zepp") == ["Maria Zeppelin"]
    assert found(store, "anders") == []
    assert found(store, "0074321") == []
    assert found(store, "777888") == ["Maria Zeppelin"]
    store.undo()
    assert found(store, "anders") == ["Maria Anders"]
    assert found(store, "0074321") == ["Maria Anders"]
    store.run(records.delete, "contact", [people["Maria Anders"]])
    assert found(store, "anders") == []
    assert verify(store) == []


def test_the_best_company_brings_its_people_and_deals(store: Store, people: dict[str, UUID]) -> None:
    store.run(records.add, "deal", {"name": "Cold-chain rollout", "company": "Alfreds Futterkiste"})
    with store.read() as reader:
        hits = search(reader, "futterk")
    assert (hits[0].entity, hits[0].title, hits[0].subtitle) == ("company", "Alfreds Futterkiste", "Berlin")
    assert {"contact", "deal"} <= {hit.entity for hit in hits[1:]}


@pytest.mark.parametrize(
    "nonsense",
    ["", "   ", '"', "'; DROP TABLE company; --", "a AND", "NEAR(", "*", "%", "\x00", "🙂", "x" * 5000, "((((", "-", "^a", "title:a", "O'Neill", "d’Este a"],
)
def test_odd_input_finds_something_or_nothing_but_never_fails(store: Store, people: dict[str, UUID], nonsense: str) -> None:
    found(store, nonsense)
    with store.read() as reader:
        matching(reader, nonsense, "contact")


def _brute(typed: str) -> set[str]:
    """Look through everybody: a word that begins so in one spelling or the other, digits in a row, part of a mail address at a word's start."""
    wanted = set()
    for name, role, phone, mail in PEOPLE:
        shown = name.removeprefix("Dr. ")
        words = [*folded(shown).split(), *folded(role).split(), *folded(mail).replace("@", " ").replace(".", " ").replace("-", " ").split()]
        sounds = [pinyin(shown), initials(shown)] if pinyin(shown) != shown else []
        digits = "".join(c for c in phone if c.isdigit())
        if any(word.startswith(tuple(spellings(typed))) for word in [*words, *sounds]) or (typed.isdigit() and len(typed) >= 3 and typed in digits):
            wanted.add(shown)
    return wanted


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Bäckerei Köhler", ("Baeckerei", "baeck", "Bäckerei", "Backerei", "Koehler", "Baeckerei Koehler", "Bäckerei Koehler")),
        ("Baeckerei Koehler", ("Bäckerei", "bäck", "Baeckerei", "Köhler", "Bäckerei Köhler", "Baeckerei Köhler")),
        ("Müller & Söhne", ("Mueller", "MUELLER", "mueller soehne", "Muller", "Müller")),
        ("Mueller & Soehne", ("Müller", "MÜLLER", "müller söhne", "Mueller")),
        ("Großmann", ("Grossmann", "Großmann", "grossm")),
        ("Grossmann", ("Großmann", "groß")),
        ("Blåbærgrød", ("Blaabaergroed", "Blabaergrod", "blåbær")),
        ("Aarhus Havn", ("Århus", "århus havn")),
        ("Überzündüngßüße", ("Ueberzuenduengssuesse", "überz")),
    ],
)
def test_letters_are_found_spelled_out_and_the_other_way_round(store: Store, written: str, typed: tuple[str, ...]) -> None:
    store.run(records.add, "company", {"name": written, "industry": "Handel"})
    store.run(records.add, "company", {"name": "Handel & Co", "note": f"Like {written}"})
    for text in typed:
        assert found(store, text) == [written, "Handel & Co"], text
        with store.read() as reader:
            assert len(matching(reader, text, "company")) == 2, text


def test_who_is_spelled_as_it_was_typed_comes_first(store: Store) -> None:
    for name in ("Müller", "Mueller", "Muller"):
        store.run(records.add, "company", {"name": name})
    assert found(store, "Mueller")[0] == "Mueller"
    assert set(found(store, "Mueller")) == {"Müller", "Mueller", "Muller"}
    assert set(found(store, "Müller")) == {"Müller", "Mueller", "Muller"}
    assert found(store, "Muller") == ["Muller", "Müller"]


def test_no_letter_of_any_script_lets_a_search_fail(store: Store, people: dict[str, UUID]) -> None:
    letters = [letter for letter in map(chr, range(0x110000)) if letter.isalnum() and not has_cjk(letter)]
    with store.read() as reader:
        for start in range(0, len(letters), 100):
            matching(reader, " ".join(f"a{letter}b" for letter in letters[start : start + 100]), "contact")


def test_a_name_with_signs_that_the_full_text_index_takes_for_marks_is_found(store: Store) -> None:
    name = "ᦅᦸᧉ ᦎᦷ"  # New Tai Lue, whose vowels became letters later
    store.run(records.add, "contact", {"name": name, "role": "ᦎᦷᦰᦵ"})
    assert found(store, name) == [name]
    assert found(store, "ᦅᦸᧉ") == [name]
    assert found(store, "ᦎᦷᦰᦵ") == [name]


def test_recall_equals_a_look_through_everything(store: Store, people: dict[str, UUID]) -> None:
    rng = random.Random(5)
    asked = set()
    for name, role, phone, mail in PEOPLE:
        for word in [*folded(name.removeprefix("Dr. ")).split(), *folded(role).split(), folded(mail).split("@")[0].split(".")[0], pinyin(name)]:
            asked |= {word[: rng.randrange(2, 9)], word}
        for word in name.removeprefix("Dr. ").lower().split():
            spelled = "".join(SPELLED_OUT.get(letter, letter) for letter in word)
            asked |= {spelled[: rng.randrange(2, 9)], spelled, word}
        digits = "".join(c for c in phone if c.isdigit())
        start = rng.randrange(0, len(digits) - 4)
        asked |= {digits[start : start + 4], digits[-5:]}
    for typed in sorted(asked - {""}):
        if any("\u3400" <= c <= "\u9fff" for c in typed):
            continue
        missing = _brute(typed) - set(found(store, typed))
        assert not missing, typed


def test_a_large_change_waits_in_the_queue_and_is_found_after_indexing(store: Store) -> None:
    with store.read() as reader:
        before = reader.value("SELECT count(*) FROM search_doc")
    from crmdesk.clock import new_id_bytes
    from crmdesk.models.customer import Contact

    @operation("Fill", right="contact.write")
    def fill(change: Change) -> None:
        rows = ((new_id_bytes(), "Anna", f"Nr{n}", f"Anna Nr{n}", f"anna nr{n}") for n in range(500))
        change.insert_many(Contact, ("id", "given_name", "family_name", "name", "sort_key"), rows)

    store.run(fill)
    assert store.index_waiting() == 500
    assert found(store, "anna nr49")[:1] == ["Anna Nr49"]  # found by its title even before
    while store.index_step(200):
        pass
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM search_doc") == before + 500
        assert len(matching(reader, "anna", "contact")) == 500
    assert verify(store) == []


def test_the_text_of_own_fields_is_found_until_the_field_goes(store: Store, people: dict[str, UUID]) -> None:
    known_as = store.run(workspace.add_field, "company", "Known as", "text")
    store.run(workspace.add_field, "company", "Remarks", "long_text")
    store.run(workspace.add_field, "company", "Class", "choice", ["Gold", "Silver"])
    store.run(workspace.add_field, "company", "Founded in", "integer")
    with store.read() as reader:
        searchable = {field["name"] for field in about.fields("company", reader) if field["searchable"]}
    assert {"known_as", "remarks", "class"} <= searchable
    assert "founded_in" not in searchable
    own = {"known_as": "Hello Company", "remarks": "Likes 绿茶 a lot", "class": "Silver", "founded_in": 1987}
    company = store.run(records.add, "company", {"name": "Ernst Handel", **own})
    for typed in ("hello company", "hel", "likes", "绿茶", "silv"):
        assert found(store, typed) == ["Ernst Handel"], typed
    assert found(store, "1987") == []
    store.run(records.edit, "company", [company], {"known_as": "Other firm", "class": ""})
    assert (found(store, "hello"), found(store, "other firm"), found(store, "silver")) == ([], ["Ernst Handel"], [])
    store.run(workspace.delete_field, known_as)
    assert found(store, "other") == []
    assert found(store, "likes") == ["Ernst Handel"]
    store.undo()
    assert found(store, "other") == ["Ernst Handel"]
    assert verify(store) == []


def test_recall_of_own_fields_equals_a_look_through_everything(store: Store) -> None:
    store.run(workspace.add_field, "contact", "Team", "text")
    rng = random.Random(7)
    parts = ["Blue", "Grün", "Żółty", "red-hot", "O'Neill", "北京", "Nr"]
    teams = {f"Person{n}": f"{rng.choice(parts)} {rng.choice(parts)}{n}" for n in range(120)}

    @operation("Fill", right="contact.write")
    def fill(change: Change) -> None:
        for name, team in teams.items():
            records.add(change, "contact", {"family_name": name, "team": team})

    store.run(fill)
    while store.index_step(200):
        pass
    for name, team in teams.items():
        for typed in (team, *team.split()):
            terms = {piece for word in words(typed) for piece in word.split("'") if len(piece) > 1}
            wanted = {
                other
                for other, text in teams.items()
                if all(any(piece.startswith(term) for word in words(text) for piece in word.split("'")) for term in terms)
            }
            assert name in wanted
            assert wanted <= set(found_all(store, typed)), typed
    assert verify(store) == []


def found_all(store: Store, text: str) -> set[str]:
    with store.read() as reader:
        return {title for title, _ in titles(reader, "contact", matching(reader, text, "contact")).values()}


def test_a_look_over_the_store_tells_what_own_fields_do_not_find(store: Store) -> None:
    store.run(workspace.add_field, "company", "Known as", "text")
    store.run(records.add, "company", {"name": "Ernst Handel", "known_as": "Hello Company"})
    assert verify(store) == []

    @operation("Break", right="company.write")
    def shatter(change: Change) -> None:
        records.add(change, "tag", {"name": "Broken"})
        docid = change.reader.value("SELECT max(rowid) FROM search_words WHERE search_words MATCH 'hello'")
        change.execute("DELETE FROM search_words WHERE rowid = ?", (docid,))
        change.execute("INSERT INTO search_words(rowid, title, data, body) VALUES (?, 'ernst handel', '', '')", (docid,))

    store.run(shatter)
    assert verify(store) == ["search: company: 1 records are not found by their own fields"]


@pytest.mark.parametrize("typed", ["zengguoqiang", "zgq", "cengguo", "曾国"])
def test_a_surname_is_found_as_it_sounds_and_as_the_character_sounds_elsewhere(store: Store, typed: str) -> None:
    store.run(records.add, "contact", {"family_name": "曾", "given_name": "国强"})
    with store.read() as reader:
        assert [hit.title for hit in search(reader, typed)] == ["曾国强"]
    assert list(verify(store, deep=True)) == []
