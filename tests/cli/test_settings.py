"""What is remembered between starts, and what happens to a file that cannot be understood."""

from __future__ import annotations

import json

import pytest

from unclench.errors import StoreError
from unclench.settings import Settings, load_settings, save_settings, sessions_dir, settings_path


def test_tests_never_touch_real_settings(tmp_path_factory):
    assert settings_path().is_relative_to(tmp_path_factory.getbasetemp())
    assert sessions_dir(Settings()).is_relative_to(tmp_path_factory.getbasetemp())


def test_defaults_apply_without_a_file():
    assert load_settings() == Settings()
    assert not settings_path().exists()


def test_round_trip(tmp_path):
    settings = Settings(
        theme="dark",
        span_s=120,
        scale_uv=50.5,
        raw_shown=True,
        text_scale=1.5,
        window=(1920, 1080),
        maximized=True,
        sessions_dir=tmp_path,
    )
    save_settings(settings)
    assert load_settings() == settings
    assert sessions_dir(settings) == tmp_path
    assert [path.name for path in settings_path().parent.iterdir()] == ["settings.json"]


def test_unknown_keys_are_preserved():
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text(json.dumps({"theme": "dark", "perfume": {"volume": 3}}))
    settings = load_settings()
    settings.span_s = 30
    save_settings(settings)
    kept = json.loads(settings_path().read_text())
    assert (kept["theme"], kept["span_s"], kept["perfume"]) == ("dark", 30, {"volume": 3})


def test_unwritable_settings_say_they_last_until_exit(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="they apply until the program is closed"):
        save_settings(Settings(), tmp_path / "file" / "settings.json")


def test_values_are_checked_when_set():
    settings = Settings()
    with pytest.raises(ValueError, match="text_scale"):
        settings.text_scale = 9
