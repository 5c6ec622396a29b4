"""session.json: what is read back, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unclench import __version__
from unclench.errors import StoreError
from unclench.store.session.schema import SCHEMA_VERSION, SessionMeta, parse_meta
from unclench_dsp.version import CHAIN_VERSION

MakeMeta = Callable[..., SessionMeta]
PATH = Path("walk") / "session.json"


def changed(meta: SessionMeta, **changes: Any) -> str:
    return json.dumps({**json.loads(meta.to_json()), **changes})


def test_session_json_survives_a_round_trip(make_meta: MakeMeta) -> None:
    meta = make_meta(2, sites=["jaw", None], note="löse", drift_ppm=-3.5)
    assert parse_meta(meta.to_json(), PATH) == meta


def test_derived_constants_are_filled_in(make_meta: MakeMeta) -> None:
    meta = make_meta(3)
    assert (meta.fs_hz, meta.channels, meta.sites) == (2000.0, ("ch1", "ch2", "ch3"), (None,) * 3)
    assert meta.created.utcoffset() is not None
    assert meta.unclench_version == __version__


def test_unknown_keys_are_kept(make_meta: MakeMeta) -> None:
    meta = parse_meta(changed(make_meta(), mood="calm", band={**BAND, "window": "hann"}), PATH)
    written = json.loads(meta.to_json())
    assert (written["mood"], written["band"]["window"]) == ("calm", "hann")


def test_a_session_without_a_chain_is_of_the_first(make_meta: MakeMeta) -> None:
    plain = json.loads(make_meta().to_json())
    assert plain.pop("chain") == CHAIN_VERSION
    assert parse_meta(json.dumps({**plain, "schema_version": 1}), PATH).chain == 1


BAND = {"name": "wide", "low_hz": 20, "high_hz": 450, "order": 4}


def test_a_newer_schema_is_refused_naming_both_versions(make_meta: MakeMeta) -> None:
    text = changed(make_meta(), schema_version=7, unclench_version="3.2.1", constants=None)
    with pytest.raises(StoreError, match=r"3\.2\.1, schema version 7.*up to 2\. Update unclench"):
        parse_meta(text, PATH)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"window_s": "long"}, ["window_s", "'long'"]),
        ({"mains": "55"}, ["mains", "'55'"]),
        ({"created": "yesterday"}, ["created", "yesterday"]),
        ({"created": "2026-11-23T14:05:09"}, ["created", "timezone"]),
        ({"constants": {"rate_num": 0}}, ["rate_num"]),
        ({"channels": ["a", "b"]}, ["channels has 2", "constants.channels has 1"]),
        ({"schema_version": "one"}, ["schema_version", "'one'", str(SCHEMA_VERSION)]),
        ({"schema_version": True}, ["schema_version", "True"]),
    ],
)
def test_a_wrong_value_is_reported_with_file_key_and_value(
    make_meta: MakeMeta, changes: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(StoreError) as error:
        parse_meta(changed(make_meta(), **changes), PATH)
    for word in [str(PATH), *words]:
        assert word in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"session"', '{"schema_version": 1}'])
def test_a_session_without_session_json_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match=r"session\.json"):
        parse_meta(text, PATH)


def test_a_missing_key_is_named(make_meta: MakeMeta) -> None:
    raw = json.loads(make_meta().to_json())
    del raw["source"]
    with pytest.raises(StoreError, match="key source: Field required"):
        parse_meta(json.dumps(raw), PATH)
