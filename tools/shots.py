"""Make a picture of every page on sample data: `python dev.py shots [FOLDER] [--size 1360x850] [--scale 1] [--scenes all]`.

Light and dark, English, German and Chinese; without a screen. The pictures are named `PAGE-LANGUAGE-SCHEME.png`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication

    from crmdesk.store import Store
    from crmdesk.ui.page import PageSpec
    from crmdesk.ui.window import Window

SCHEMES = ("light", "dark")
PASSPHRASE = "sample data only"
LIVELIEST = {
    **{
        entity: f"SELECT t.id FROM {entity} t WHERE t.deleted_at IS NULL ORDER BY (SELECT count(*) FROM deal d WHERE d.{entity}_id = t.id AND d.deleted_at IS NULL) "
        f"+ (SELECT count(*) FROM ticket k WHERE k.{entity}_id = t.id AND k.deleted_at IS NULL) DESC, t.id LIMIT 1"
        for entity in ("company", "contact")
    },
    "quote": "SELECT t.id FROM quote t WHERE t.deleted_at IS NULL ORDER BY (SELECT count(*) FROM quote_line l WHERE l.quote_id = t.id AND l.deleted_at IS NULL) DESC, t.id LIMIT 1",
}
"""Of which record the picture of a page is, by entity; of others it is the first."""


def main() -> int:
    """Do what the command line says."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", nargs="?", type=Path, default=HERE.parent / "docs" / "screenshots")
    words.add_argument("--size", default="1360x850")
    words.add_argument("--scale", default="1")
    words.add_argument("--languages", default="en,de,zh")
    words.add_argument("--pages", default="", help="only these, separated by commas; `none` for no page")
    words.add_argument("--scenes", default="", help="sections, tabs, dialogs and covers too: `all`, or beginnings of their names, separated by commas")
    asked = words.parse_args()
    os.environ["QT_SCALE_FACTOR"] = asked.scale
    width, height = (int(part) for part in asked.size.split("x"))
    from PySide6.QtWidgets import QApplication

    from crmdesk.ui import actions, background, theme

    app = QApplication([])
    theme.start(app, "light")
    actions.watch_composition(app)
    background.start()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        for language in asked.languages.split(","):
            take(
                app,
                Path(home),
                language,
                (width, height),
                asked.folder,
                set(filter(None, asked.pages.split(","))),
                tuple(filter(None, asked.scenes.split(","))),
            )
    background.stop()
    return 0


def take(app: QApplication, home: Path, language: str, size: tuple[int, int], folder: Path, wanted: set[str], scenes: tuple[str, ...] = ()) -> None:
    """Take the pictures of one language, on a store whose sample data speaks it."""
    from crmdesk.i18n import set_language
    from crmdesk.operations.stores import new_store
    from crmdesk.ui import theme
    from crmdesk.ui.pages import PAGES
    from crmdesk.ui.window import Window

    set_language(language)
    region = {"en": "GB", "de": "DE", "zh": "CN"}[language]
    path = home / language / "northwind.crmdesk"
    path.parent.mkdir()
    with new_store(path, PASSPHRASE, owner="Maria Becker", region=region, language=language, sample=True) as store:
        window = Window(PAGES)
        furnish(window, store)
        window.resize(*size)
        window.show()
        for spec in PAGES:
            if wanted and spec.name not in wanted:
                continue
            for scheme in SCHEMES:
                theme.use(scheme)
                if show(window, store, spec):
                    settle(app, window)
                    picture = folder / f"{spec.name}-{language}-{scheme}.png"
                    window.grab().save(str(picture))
                    print(picture)
        if not wanted or "import" in wanted:
            take_import(app, window, store, home, language, folder)
        if scenes:
            take_scenes(app, window, store, language, folder, () if scenes == ("all",) else scenes)
        theme.use("light")
        window.forget_pages()
        window.close()
        window.deleteLater()
        app.processEvents()


def furnish(window: Window, store: Store) -> None:
    """Fill the window's frame as the program does: navigation, saved views, what its foot says."""
    from crmdesk.ui.opened import saved_views
    from crmdesk.ui.upkeep import Upkeep

    window.set_store(store, store.path.name, "Maria Becker")
    window.set_areas(frozenset(store.settings.areas))
    window.fill_navigation()
    with store.read() as reader:
        window.navigation.set_views(saved_views(reader))
    upkeep = Upkeep(store, window)
    window.set_foot(*upkeep.foot())
    upkeep.stop()
    upkeep.deleteLater()


def show(window: Window, store: Store, spec: PageSpec) -> bool:
    """Show a page, a page of single records with one that has much to show; False if there is none."""
    from uuid import UUID

    from crmdesk.queries.first_rows import first_ids
    from crmdesk.ui.page import Place

    if spec.name == "duplicates":
        add_doubles(store)
    if spec.in_navigation or spec.name == "duplicates":
        window.open_page(spec.name)
        return True
    for entity in spec.opens:
        with store.read() as reader:
            liveliest = reader.value(LIVELIEST[entity]) if entity in LIVELIEST else None
            found = [liveliest] if liveliest else first_ids(reader, entity, limit=1)
        if found:
            window.go(Place(spec.name, entity, UUID(bytes=found[0])))
            return True
    return False


def take_import(app: QApplication, window: Window, store: Store, home: Path, language: str, folder: Path) -> None:
    """Take pictures of the steps of an import, of a file with new, known and wrong rows."""
    from crmdesk.ui import theme
    from crmdesk.ui.pages.importing import ImportPage

    window.open_page("import", f"contact:{write_sample(store, home)}")
    page = window.page()
    assert isinstance(page, ImportPage)
    settle(app, window)
    for step in ("columns", "duplicates", "check", "file"):
        page.go_to(step)
        for scheme in SCHEMES:
            theme.use(scheme)  # type: ignore[arg-type]  # the two that there are
            settle(app, window)
            picture = folder / f"import-{step}-{language}-{scheme}.png"
            window.grab().save(str(picture))
            print(picture)


def take_scenes(app: QApplication, window: Window, store: Store, language: str, folder: Path, wanted: tuple[str, ...]) -> None:
    """Take pictures of what stands behind the pages: sections, tabs, dialogs, covers."""
    from scenes import scenes

    from crmdesk.queries.search import search
    from crmdesk.ui import theme
    from crmdesk.ui.pages import PAGES

    def find(text: str, limit: int, entities: Sequence[str]) -> Sequence[Any]:
        with store.read() as reader:
            return search(reader, text, limit, list(entities) or None, with_matches=True)

    window.palette_box.search = find
    pages = {spec.name: spec for spec in PAGES}
    for scene in scenes():
        if wanted and not scene.name.startswith(wanted):
            continue
        for scheme in SCHEMES:
            theme.use(scheme)  # type: ignore[arg-type]  # the two that there are
            window.forget_pages()
            show(window, store, pages[scene.page])
            settle(app, window)
            scene.play(window, store)
            settle(app, window)
            picture = folder / f"{scene.name}-{language}-{scheme}.png"
            together(app, window).save(str(picture))
            print(picture)
            if window.cover() is not None:
                window.uncover()
            window.palette_box.close_box()


def together(app: QApplication, window: Window) -> QPixmap:
    """Return a picture of the window with the dialogs over it, and close them."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QPainter

    picture = window.grab()
    over = [widget for widget in app.topLevelWidgets() if widget.isVisible() and widget is not window and widget.width() > 20]
    painter = QPainter(picture)
    if over:
        painter.fillRect(window.rect(), QColor(0, 0, 0, 70))
    for widget in over:
        is_popup = widget.windowType() == Qt.WindowType.Popup
        painter.drawPixmap(window.mapFromGlobal(widget.pos()) if is_popup else window.rect().center() - widget.rect().center(), widget.grab())
        widget.close()
    painter.end()
    return picture


def write_sample(store: Store, home: Path) -> Path:
    """Write a file as Outlook does: some people who are known and have a new job, many new ones, some wrong dates."""
    import csv

    from crmdesk.queries import records
    from crmdesk.queries.first_rows import first_ids

    with store.read() as reader:
        wanted = first_ids(reader, "contact", limit=8)
        known = records.rows(reader, "contact", wanted, ("given_name", "family_name", "company", "email"))
    path = home / "outlook-export.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("First Name", "Last Name", "Company", "Business Phone", "E-mail Address", "Birthday", "Job Title", "Notes", "Priority"))
        given, family = ("Hanna", "Thomas", "Elizabeth", "Martín", "Yang", "Ann"), ("Moos", "Hardy", "Brown", "Sommer", "Wang", "Devon")
        for number in range(60):
            names = given[number % 6], family[number // 6 % 6]
            birthday = f"{number % 28 + 1}.{number % 12 + 1}.19{60 + number % 39}" if number % 23 != 5 else "31.2.1980"
            mail = f"{names[0]}.{names[1]}{number}@customer{number % 9}.example".lower().encode("ascii", "ignore").decode()
            rows.writerow((*names, f"Customer {number % 9} Ltd", f"030 0074{100 + number}", mail, birthday, "Buyer", "met at Anuga", "Normal"))
        for row in known:
            values = row.values
            mail = values["email"][0].value if values["email"] else ""
            company = values["company"].title if values["company"] else ""
            rows.writerow((values["given_name"], values["family_name"], company, "", mail, "3.5.1979", "Managing director", "", "High"))
    return path


def add_doubles(store: Store) -> None:
    """Write some contacts down a second time, as people do."""
    from crmdesk.operations import records as deeds
    from crmdesk.queries import records
    from crmdesk.queries.first_rows import first_ids

    with store.read() as reader:
        wanted = first_ids(reader, "contact", limit=6)[::2]
        found = records.rows(reader, "contact", wanted, ("given_name", "family_name", "company", "email", "phone"))
        if any("CEO" in str(row.values["role"]) for row in records.rows(reader, "contact", records.ids(reader, "contact"), ("role",))):
            return
    for row in found:
        given, family, company = row.values["given_name"] or "", row.values["family_name"] or "", row.values["company"]
        values = {"given_name": given[:1] + "." if given.isascii() else given, "family_name": family, "role": "CEO"}
        values |= {"company": company.id} if company else {}
        values |= {"email": [{"value": part.value} for part in row.values["email"][:1]]}
        store.run(deeds.add, "contact", values)


def settle(app: QApplication, window: Window) -> None:
    """Let everything that is asked for arrive and be painted."""
    from crmdesk.ui import background

    for _ in range(5):
        background.settle()
        window.grab()
        app.processEvents()


if __name__ == "__main__":
    sys.exit(main())
