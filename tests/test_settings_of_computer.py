"""The settings of this computer, also where they can't be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk import settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_settings_are_kept_and_those_that_are_there_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    assert settings.write(zoom=1.25)
    assert settings.write(language="de")
    assert {name: settings.read()[name] for name in ("zoom", "language")} == {"zoom": 1.25, "language": "de"}


def test_a_place_that_can_not_be_written_keeps_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    monkeypatch.setattr(settings, "_file", lambda: in_the_way / "settings.json")
    assert not settings.write(zoom=1.25)
    assert settings.read() == {}
    assert in_the_way.read_text() == "no folder"
