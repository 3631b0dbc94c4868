"""What every test stands on: no screen, a home of its own, a quiet log."""

from __future__ import annotations

import logging
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from crmdesk import clock
from crmdesk.i18n import set_language, set_region
from crmdesk.operations import setup
from crmdesk.store import Store, create, open_store
from crmdesk.store.keys import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

# The suite gives the same answer each time; `HYPOTHESIS_PROFILE=wander` looks for new trouble.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("wander", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


# Nor does it depend on the day: each run begins at the same moment, and stories that would fail at another one are found by asking for it.
BEGINS = os.environ.get("CRMDESK_TESTS_BEGIN", "2026-11-18T10:00+00:00")


@pytest.fixture(scope="session", autouse=True)
def day_of_the_suite() -> Iterator[None]:
    """Let the program's clock go on from the same moment in each run, or from that which is asked for."""
    with clock.running_from(datetime.fromisoformat(BEGINS)):
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests on real data out where the data is not there, and those that ask LibreOffice where there is none."""
    there = {"shared": SHARED_DATA.is_dir(), "office": shutil.which("soffice") is not None}
    missing = [mark for mark, is_there in there.items() if not is_there]
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in missing)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; for tests marked `shared`."""
    return SHARED_DATA


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the settings and the keyring of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in ("CRMDESK_STORE", "CRMDESK_PASSPHRASE", "CRMDESK_NEW_PASSPHRASE", "CRMDESK_RECOVERY_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


class Ring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self.kept[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        from keyring.errors import PasswordDeleteError

        if (service, name) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, name]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    """A keyring in the place of this computer's, which the tests switch off."""
    made = Ring()
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(f"keyring.{name}", getattr(made, name))
    return made


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Start every test in English, whatever the one before spoke."""
    set_language("en")
    set_region("")


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that made the program warn, unless it is marked `logs_warnings`: noise hides real trouble."""
    yield
    assert not logging.getLogger("crmdesk.store.writing").disabled, "a library has switched the logs off, so that nobody sees warnings"
    if request.node.get_closest_marker("logs_warnings"):
        return
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    warnings = [record.getMessage() for record in records if record.levelno >= logging.WARNING]
    assert not warnings


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def minutes() -> Iterator[Callable[[float], None]]:
    """Let it be Wednesday, 18 November 2026, 9:00 in Berlin; calling it lets minutes pass.

    Files whose stores live on that day use it for all their tests, so that it begins before `store`.
    """
    with clock.frozen(datetime(2026, 11, 18, 9, 0, tzinfo=BERLIN)) as advance:
        yield lambda count: advance(count * 60)


PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Key]:
    """A new store and its key, made once: deriving a key takes as long as a whole test."""
    path = tmp_path_factory.mktemp("template") / "template.crmdesk"
    with create(path, PASSPHRASE, owner="Maria Becker", currency="EUR", region="DE", language="en") as made:
        made.run(setup.basics)
        key = Key(made.key.reveal())
    return path, key


@pytest.fixture
def store_path(template: tuple[Path, Key], tmp_path: Path) -> Path:
    """The path of a store of the test's own; it opens with `PASSPHRASE`."""
    return Path(shutil.copy(template[0], tmp_path / "test.crmdesk"))


@pytest.fixture
def store(template: tuple[Path, Key], store_path: Path) -> Iterator[Store]:
    """An open store of the test's own, with its owner Maria Becker and the usual pipeline."""
    with open_store(store_path, key=template[1], anywhere=True) as opened:
        yield opened
