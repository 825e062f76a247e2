"""Settings: what is wrong is refused with its place and what to write there."""

from pathlib import Path

import pytest

from content.matching_rules import MatchingRules
from node.home import HubHome, NoHubHere
from node.settings import Settings, SettingsWrong, new_settings, read_settings

GOOD = {
    "origin": "https://hub.amsterdam.example",
    "name": "Amsterdam",
    "city": "Amsterdam",
    "country": "NL",
    "language": "nl",
}


def wrong(**values: object) -> dict[str, str]:
    with pytest.raises(SettingsWrong) as refused:
        new_settings(**{**GOOD, **values})
    return dict(refused.value.problems)


@pytest.fixture
def home(tmp_path: Path) -> HubHome:
    home = HubHome(tmp_path)
    home.toml.write_text(
        "\n".join(f'{name} = "{value}"' for name, value in GOOD.items()), encoding="utf-8"
    )
    return home


def test_good_settings_have_safe_defaults() -> None:
    settings = new_settings(**GOOD)

    assert settings.host == "127.0.0.1"
    assert settings.trusted_authorities == frozenset()
    assert settings.https


@pytest.mark.parametrize(
    "origin",
    [
        "hub.amsterdam.example",
        "https://hub.amsterdam.example/",
        "https://Hub.Amsterdam.example",
        "https://user@hub.example",
        "ftp://hub.example",
        "https://hub.example:443",
        "",
    ],
)
def test_an_origin_in_another_form_is_refused(origin: str) -> None:
    assert "scheme and host without a slash" in wrong(origin=origin)["origin"]


def test_plain_http_is_refused_unless_its_authority_is_trusted() -> None:
    problem = wrong(origin="http://127.0.0.2:9802")
    assert "trusted_authorities" in problem["origin"]

    settings = new_settings(
        **{**GOOD, "origin": "http://127.0.0.2:9802", "trusted_authorities": "127.0.0.2:9802"}
    )

    assert not settings.https


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "Netherlands"),
        ("country", "ZZ"),
        ("language", "Dutch"),
        ("timezone", "Amsterdam"),
        ("port", 0),
        ("port", 70000),
        ("host", "not a host"),
        ("name", ""),
        ("name", "two\nlines"),
        ("trusted_authorities", "127.0.0.2"),
        ("log_level", "loud"),
        ("colour", "blue"),
    ],
)
def test_a_wrong_value_is_named(field: str, value: object) -> None:
    assert list(wrong(**{field: value})) == [field]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert set(wrong(country="nl", language="x", timezone="y")) == {
        "country",
        "language",
        "timezone",
    }


def test_the_environment_goes_before_the_file(
    home: HubHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_NAME", "Amsterdam helpdesk")
    monkeypatch.setenv("HUB_PORT", "9802")
    monkeypatch.setenv("HUB_TRUSTED_AUTHORITIES", "127.0.0.2:9802, 127.0.0.3:9803")

    settings = read_settings(home)

    assert type(settings) is Settings
    assert (settings.name, settings.city, settings.port) == (
        "Amsterdam helpdesk",
        "Amsterdam",
        9802,
    )
    assert settings.trusted_authorities == {"127.0.0.2:9802", "127.0.0.3:9803"}


def test_a_wrong_variable_is_named_as_the_variable(
    home: HubHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_PORT", "eighty")

    with pytest.raises(SettingsWrong, match=r"^HUB_PORT: "):
        read_settings(home)


def test_a_wrong_line_is_named_with_its_file(home: HubHome) -> None:
    home.toml.write_text(home.toml.read_text().replace("NL", "nl"), encoding="utf-8")

    with pytest.raises(SettingsWrong, match=r"country in .*hub\.toml: write the country"):
        read_settings(home)


def test_a_file_that_is_no_toml_is_refused(home: HubHome) -> None:
    home.toml.write_bytes(b"name = \xff")

    with pytest.raises(SettingsWrong, match="cannot be read"):
        read_settings(home)


def test_a_folder_without_a_hub_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoHubHere, match="hub init"):
        read_settings(HubHome(tmp_path / "nothing"))


def test_points_of_matching_come_from_their_table_and_from_variables(
    home: HubHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    with home.toml.open("a", encoding="utf-8") as file:
        file.write("\n[matching]\nlanguage = 8\nsame_topic = 12.5\n")
    monkeypatch.setenv("HUB_MATCHING_LANGUAGE", "9")
    monkeypatch.setenv("HUB_MATCHING_ENABLED", "false")

    matching = read_settings(home).matching

    assert (matching.enabled, matching.language, matching.same_topic) == (False, 9, 12.5)
    assert matching.conflict == MatchingRules().conflict


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("language = -1", "language under [matching]", "greater than or equal to 0"),
        ("conflict = 2", "conflict under [matching]", "less than or equal to 0"),
        ("quick = nan", "quick under [matching]", "finite"),
        ("enabled = 'perhaps'", "enabled under [matching]", "boolean"),
        ("colour = 1", "colour under [matching]", "the settings are enabled, same_topic"),
    ],
)
def test_points_that_make_no_sense_are_named_with_their_table(
    home: HubHome, line: str, place: str, words: str
) -> None:
    with home.toml.open("a", encoding="utf-8") as file:
        file.write(f"\n[matching]\n{line}\n")

    with pytest.raises(SettingsWrong) as refused:
        read_settings(home)

    [(where, what)] = refused.value.problems
    assert where == f"{place} in {home.toml}"
    assert words in what


def test_a_wrong_point_of_a_variable_is_named_as_the_variable(
    home: HubHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_MATCHING_LANGUAGE", "much")

    with pytest.raises(SettingsWrong) as refused:
        read_settings(home)

    assert [place for place, _ in refused.value.problems] == ["HUB_MATCHING_LANGUAGE"]


def test_matching_that_is_no_table_is_told_how_to_write_one(home: HubHome) -> None:
    with home.toml.open("a", encoding="utf-8") as file:
        file.write("\nmatching = 5\n")

    with pytest.raises(SettingsWrong) as refused:
        read_settings(home)

    assert "write [matching] on a line of its own" in str(refused.value)
