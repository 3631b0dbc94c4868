"""One word, written in many ways."""

from __future__ import annotations

import pytest

from crmdesk.matching.words import core_words, nickname_groups, plain, sound, spelling, street_words


@pytest.mark.parametrize(("text", "expected"), [
    ("Müller", "mueller"), ("ŁÓDŹ", "lodz"), ("王小明", "wangxiaoming"), ("Иванов", "ivanov"), ("Παπαδόπουλος", "papadopoylos"), ("Straße", "strasse"), ("Ömer", "oemer"), ("Æble", "aeble"),
])  # fmt: skip
def test_every_script_is_read_in_small_latin_letters(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("a", "b"), [("meier", "mayer"), ("schmidt", "schmitt"), ("philip", "filip"), ("catherine", "katharina"), ("stefan", "stephan"), ("jansen", "janssen")]
)
def test_names_that_sound_alike_are_one(a: str, b: str) -> None:
    assert sound(a) == sound(b)


def test_umlauts_and_double_letters_make_no_other_name() -> None:
    assert spelling("mueller") == spelling("muller") == spelling("muler")


@pytest.mark.parametrize(("a", "b"), [("bob", "robert"), ("liz", "elisabeth"), ("sepp", "josef"), ("bill", "william")])
def test_short_forms_belong_to_their_names(a: str, b: str) -> None:
    assert nickname_groups(a) & nickname_groups(b)


@pytest.mark.parametrize(("name", "core"), [
    ("Müller & Söhne G.m.b.H.", ["mueller", "soehne"]), ("The Acme Corp., Inc.", ["acme"]), ("Contoso Ltd", ["contoso"]), ("明德贸易有限公司", ["mingdemaoyi"]), ("GmbH", ["gmbh"]), ("SA", ["sa"]),
])  # fmt: skip
def test_a_company_is_called_by_its_core(name: str, core: list[str]) -> None:
    assert core_words(name) == core


@pytest.mark.parametrize(("a", "b"), [
    ("Hauptstr. 5", "Hauptstraße 5"), ("435 s. la cienega blv.", "435 S. La Cienega Blvd."), ("W. 5th Ave. 12", "12 West Fifth Avenue"), ("Am Ring 3a", "am ring 3A"), ("10 Kent Street", "10 Kent St"),
])  # fmt: skip
def test_abbreviated_streets_are_the_same(a: str, b: str) -> None:
    assert street_words(a) == street_words(b)
