"""How well duplicates are found, against sets whose truth is known; beside `recordlinkage` on the same mapping where it is installed.

Columns become fields as `SETS` says; the columns that tell the truth (rec_id, soc_sec_id, cluster, true_id) are never compared. One setting for all sets.
"""

from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from measure import HERE, Figure, clock, peak_mb, telling
from stores import kept, opened

from crmdesk.matching import Place, Values, features, find, groups
from crmdesk.matching.finding import LEAST_SCORE, SURE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from crmdesk.matching import Found

DATA = HERE.parents[1] / "shared" / "data" / "03_dedupe"
PEERS = HERE / "peers.py"
Pairs = set[tuple[int, int]]
Read = tuple[list[Values], list["Hashable"]]


def _rows(name: str, **options: Any) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, **options))


def febrl(number: int) -> Read:
    """given_name, surname, date_of_birth; street_number + address_1 = street, address_2 = second line, suburb = city, postcode, state."""
    rows = _rows(f"febrl/dataset{number}.csv", skipinitialspace=True)
    values = [
        Values(
            row["given_name"], row["surname"], birthday=row["date_of_birth"],
            places=(Place(f"{row['street_number']} {row['address_1']}".strip(), row["postcode"], row["suburb"], row["state"], row["address_2"]),),
        )
        for row in rows
    ]  # fmt: skip
    return values, [row["rec_id"].split("-")[1] for row in rows]


def rldata() -> Read:
    """fname_c1 + fname_c2 = given name, lname_c1 + lname_c2 = family name, by-bm-bd = birthday."""
    rows = _rows("RLdata500_german_persons.csv")
    values = [
        Values(
            f"{row['fname_c1']} {row['fname_c2']}".strip(), f"{row['lname_c1']} {row['lname_c2']}".strip(),
            birthday=f"{int(row['by']):04}-{int(row['bm']):02}-{int(row['bd']):02}",
        )
        for row in rows
    ]  # fmt: skip
    return values, [row["true_id"] for row in rows]


def splink() -> Read:
    """first_name, surname, dob = birthday, city, email."""
    rows = _rows("splink_fake_1000.csv")
    values = [
        Values(row["first_name"], row["surname"], birthday=row["dob"], mails=(row["email"],) if row["email"] else (), places=(Place(city=row["city"]),))
        for row in rows
    ]
    return values, [row["cluster"] for row in rows]


def chicago() -> Read:
    """Site name = company, Address = street, Zip = postal code, Phone and Fax = phones, Website."""
    rows = _rows("chicago_childcare_messy.csv")
    values = [
        Values(
            company=row["Site name"], phones=tuple(phone for phone in (row["Phone"], row["Fax"]) if phone.strip()), website=row["Website"] if "." in row["Website"] else "",
            places=(Place(row["Address"], row["Zip"]),),
        )
        for row in rows
    ]  # fmt: skip
    return values, [row["True Id"] for row in rows]


def fodors_zagat() -> Read:
    """Name = company, addr = street, city, phone; both files in one list."""
    fodors, zagats = _rows("fodors_zagats/fodors.csv"), _rows("fodors_zagats/zagats.csv")
    same = {row["fodors_id"]: row["zagats_id"] for row in _rows("fodors_zagats/matches_fodors_zagats.csv")}
    values = [Values(company=row["name"], phones=(row["phone"],), places=(Place(row["addr"], city=row["city"]),)) for row in (*fodors, *zagats)]
    return values, [("z", same[row["id"]]) if row["id"] in same else ("f", row["id"]) for row in fodors] + [("z", row["id"]) for row in zagats]


SETS: dict[str, tuple[Callable[[], Read], float]] = {
    "febrl1": (lambda: febrl(1), 0.997), "febrl3": (lambda: febrl(3), 0.99), "RLdata500": (rldata, 0.97), "splink_fake_1000": (splink, 0.86), "Chicago": (chicago, 0.88),
    "Fodors-Zagat": (fodors_zagat, 0.96),
}  # fmt: skip


@dataclass(frozen=True)
class Quality:
    """How well pairs were found: precision, recall, F1, and the seconds of processor time."""

    precision: float
    recall: float
    f1: float
    seconds: float


def measured(found: Pairs, true: Pairs, seconds: float) -> Quality:
    """Count right, wrong and missed pairs."""
    right = len(found & true)
    precision, recall = right / max(len(found), 1), right / len(true)
    return Quality(precision, recall, 2 * precision * recall / max(precision + recall, 1e-9), seconds)


def truth(marks: Iterable[Hashable]) -> Pairs:
    """Return all pairs of records with one mark."""
    members = defaultdict(list)
    for index, mark in enumerate(marks):
        members[mark].append(index)
    return {pair for group in members.values() for pair in itertools.combinations(group, 2)}


def ours(values: list[Values]) -> tuple[Found, Pairs, Pairs, float]:
    """Return what we find: all of it, the sure pairs, the pairs of groups, and the seconds of processor time."""
    start = time.process_time()
    found = find([features(one) for one in values], LEAST_SCORE)
    whole = groups(((pair.a, pair.b, pair.score) for pair in found.pairs), SURE, LEAST_SCORE)
    seconds = time.process_time() - start
    sure = {(pair.a, pair.b) for pair in found.pairs if pair.score >= SURE}
    return found, sure, {pair for group in whole for pair in itertools.combinations(group, 2)}, seconds


def peer(values: list[Values], true: Pairs) -> Quality | None:
    """Return what `recordlinkage` finds with the same fields; None where it is not installed, here or for the Python of CRMDESK_PEERS."""
    python = os.environ.get("CRMDESK_PEERS") or (sys.executable if importlib.util.find_spec("recordlinkage") else "")
    if not python:
        return None
    fields = []
    for one in values:
        told: dict[str, Any] = {name: value for name, value in asdict(one).items() if isinstance(value, str)}
        place = one.places[0] if one.places else Place()
        fields.append(told | asdict(place) | {"mail": one.mails[0] if one.mails else "", "phone": one.phones[0] if one.phones else ""})
    done = subprocess.run([python, str(PEERS)], input=json.dumps({"rows": fields}), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])
    answer = json.loads(done.stdout.splitlines()[-1])
    return measured({(a, b) for a, b in answer["pairs"]}, true, answer["seconds"])


HEAD = ("set", "true pairs", "precision", "recall", "F1", "to reach", "s", "F1 in groups", "recordlinkage P", "R", "F1", "s")


def qualities() -> list[tuple[str, ...]]:
    """Measure every set: one row of texts each, the head first."""
    rows: list[tuple[str, ...]] = [HEAD]
    for name, (read, least) in SETS.items():
        with telling(name):
            values, marks = read()
            true = truth(marks)
            _found, sure, grouped, seconds = ours(values)
            mine, whole, other = measured(sure, true, seconds), measured(grouped, true, seconds), peer(values, true)
        theirs = (f"{other.precision:.3f}", f"{other.recall:.3f}", f"{other.f1:.3f}", f"{other.seconds:.1f}") if other else ("", "", "", "")
        reached = f"{mine.f1:.4f}" + ("" if mine.f1 >= least else " (missed)")
        rows.append((name, str(len(true)), f"{mine.precision:.4f}", f"{mine.recall:.4f}", reached, f"{least}", f"{seconds:.1f}", f"{whole.f1:.4f}", *theirs))
    return rows


def quality(_size: str) -> list[Figure]:
    """Print how well duplicates are found; leave it out where the data is not there."""
    if not DATA.is_dir():
        print("  the sets for duplicates are not beside the repository; left out", file=sys.stderr)
        return []
    rows = qualities()
    print("\n".join("| " + " | ".join(row) + " |" for row in (rows[0], tuple("---" for _ in HEAD), *rows[1:])))
    return []


def sweeping(size: str) -> list[Figure]:
    """Look through all contacts of a store, in a process of its own; and ask who is known while somebody is typed."""
    from measure import child

    from crmdesk.matching import Values as Typed
    from crmdesk.queries.duplicates import already_known

    found = child("sweep", kept(size))
    store = opened(kept(size))
    try:
        with store.read() as reader:
            people = reader.rows(
                "SELECT c.given_name, c.family_name, (SELECT e.address FROM email e WHERE e.contact_id = c.id LIMIT 1), (SELECT p.number FROM phone p WHERE p.contact_id = c.id LIMIT 1) "
                "FROM contact c ORDER BY c.id LIMIT 50"
            )

        def asking(values: Typed) -> Callable[[], object]:
            def ask() -> object:
                with store.read() as reader:
                    return already_known(reader, "contact", values)

            return ask

        typed = [Typed(given or "", family or "", mails=(mail,) if mail else (), phones=(phone,) if phone else ()) for given, family, mail, phone in people]
        taken = clock([asking(values) for values in typed], rounds=3)
    finally:
        store.close()
    many = size == "100k"
    return [
        Figure("look through all contacts for duplicates, processor time", found["cpu_s"], found["cpu_s"], "s", None, 30 if many else None, "≤ 30 s" if many else "",
               f"{found['compared']:,} pairs compared, {found['pairs']} found"),
        Figure("memory of that", found["peak_mb"], found["peak_mb"], "MB", None, 400 if many else None, "≤ 400 MB" if many else "", f"{peak_mb():.0f} MB here"),
        Figure("who is known while typing, p95", taken.p95() * 1000, taken.best_p95() * 1000, "ms", None, 30, "≤ 30 ms", "50 people by name, mail and phone"),
    ]  # fmt: skip


def both(size: str) -> list[Figure]:
    """Measure quality, then speed."""
    quality(size)
    return sweeping(size)


if __name__ == "__main__":
    quality("")
    sys.exit(0)
