import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import CHECKOUT
from workflow.base.settings import BROKER_NOTE, Environment, Settings, SettingsError, load_settings

KEY = "k" * 32


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARTNERSTWO_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def load(tmp_path: Path, text: str = "", **given: object) -> Settings:
    env_file = tmp_path / "settings.env"
    env_file.write_text(text, encoding="utf-8")
    return load_settings(env_file=env_file, **given)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    return str(caught.value)


def test_every_setting_has_a_default_for_one_machine(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/data/partnerstwo.sqlite3"
    assert settings.redis_url is None
    assert settings.mail.scheme == "file"
    assert settings.mail.folder == tmp_path / "data" / "mail"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.demo_password == "demo"
    assert settings.trusted_proxies == 0
    assert settings.is_local
    assert settings.is_sqlite
    assert not settings.is_secure


def test_environment_wins_over_the_file_and_a_given_value_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(tmp_path, "PORT=8100").port == 8100
    monkeypatch.setenv("PORT", "8200")
    assert load(tmp_path, "PORT=8100").port == 8200
    assert load(tmp_path, "PORT=8100", port=8300).port == 8300


def test_empty_setting_means_its_default(tmp_path: Path) -> None:
    assert load(tmp_path, "PORT=\nDATABASE_URL=\nREDIS_URL=\n").port == 8000


def test_settings_of_other_programs_are_ignored(tmp_path: Path) -> None:
    assert load(tmp_path, "POSTGRES_PASSWORD=x\nport=1\n").port == 8000


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path).port = 1


def test_printed_settings_hold_no_secret(tmp_path: Path) -> None:
    text = (
        f"SECRET_KEY={KEY}\nDATABASE_URL=postgresql://u:hush@db/p\nMAIL_URL=smtp://u:hush@mail\n"
        "REDIS_URL=redis://:hush@cache/0\nPARTNERSTWO_DEMO_PASSWORD=hush\n"
    )
    settings = load(tmp_path, text)
    printed = f"{settings!r} {settings} {settings.mail!r}"
    assert "hush" not in printed
    assert KEY not in printed


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("PORT=http", "PORT is 'http': give a whole number from 1 to 65535."),
        ("PORT=0", "PORT is '0': give a whole number from 1 to 65535."),
        ("PORT=８０", "PORT is '８０': give a whole number from 1 to 65535."),
        ("PORT=99999999999999999999", "give a whole number from 1 to 65535."),
        ("TRUSTED_PROXIES=-1", "TRUSTED_PROXIES is '-1': give a whole number from 0 to 10."),
        ("HOST=http://example.org", "HOST is 'http://example.org': give an address or a name alone"),
        ("BASE_URL=ftp://example.org", "BASE_URL is no address of a site"),
        ("BASE_URL=https://u:hush@example.org", "BASE_URL is no address of a site"),
        ("BASE_URL=https://example.org/?a=b", "BASE_URL is no address of a site"),
        ("BASE_URL=http://example.org:http", "BASE_URL is not a whole address"),
        ("DATABASE_URL=mysql://u:hush@db/p", "DATABASE_URL is for no database that Partnerstwo knows"),
        ("DATABASE_URL=postgresql://u:hush@db", "DATABASE_URL is for no database that Partnerstwo knows"),
        ("DATABASE_URL=sqlite://", "DATABASE_URL names no file"),
        ("DATABASE_URL=sqlite:///:memory:", "DATABASE_URL names no file"),
        ("DATABASE_URL=postgresql://u:hush@db:port/p", "DATABASE_URL is not a whole address"),
        ("REDIS_URL=amqp://u:hush@mq", "REDIS_URL is not an address of a Redis"),
        ("REDIS_URL=unix://", "REDIS_URL is not an address of a Redis"),
        ("MAIL_URL=imap://u:hush@mail", "MAIL_URL is no mail server"),
        ("MAIL_URL=smtp://", "MAIL_URL is no mail server"),
        ("MAIL_URL=smtp://mail?starttls=maybe", "MAIL_URL ends with a wrong starttls"),
        ("MAIL_FROM=biuro", "MAIL_FROM is 'biuro': give one address"),
        ("PARTNERSTWO_ENV=staging", "PARTNERSTWO_ENV is 'staging': set it to development or production."),
        ("PARTNERSTWO_ENV=production", "SECRET_KEY is missing or short, which production refuses"),
        ("PARTNERSTWO_ENV=production\nSECRET_KEY=short", "SECRET_KEY is missing or short, which production refuses"),
    ],
)
def test_wrong_setting_is_refused_with_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    told = refusal(tmp_path, text)
    assert sentence in told
    assert told.endswith(".")
    assert "\n" not in told
    assert "hush" not in told


def test_line_break_in_the_sender_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_FROM", "biuro@example.org\r\nBcc: all@example.org")
    assert "MAIL_FROM" in refusal(tmp_path, "")


def test_data_folder_that_is_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    monkeypatch.setenv("PARTNERSTWO_DATA", str(tmp_path / "taken"))
    assert "which is a file: name a folder." in refusal(tmp_path, "")


def test_data_folder_below_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    monkeypatch.setenv("PARTNERSTWO_DATA", str(tmp_path / "taken" / "data"))
    assert "where nothing can be written" in refusal(tmp_path, "")


def test_unreadable_env_file_is_refused(tmp_path: Path) -> None:
    env_file = tmp_path / "broken.env"
    env_file.write_bytes(b"PORT=\xff\xfe8000")
    with pytest.raises(SettingsError, match=r"the \.env file cannot be read"):
        load_settings(env_file=env_file)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://u:p@db/n", "postgresql+psycopg://u:p@db/n"),
        ("postgresql://u@db/n?sslmode=require", "postgresql+psycopg://u@db/n?sslmode=require"),
        ("postgresql+psycopg:///n?host=/run/postgresql", "postgresql+psycopg:///n?host=/run/postgresql"),
        ("sqlite:////srv/a.sqlite3", "sqlite:////srv/a.sqlite3"),
    ],
)
def test_database_address_is_read_as_sqlalchemy_wants_it(tmp_path: Path, given: str, read: str) -> None:
    assert load(tmp_path, f"DATABASE_URL={given}").database_url == read


def test_relative_sqlite_file_lies_in_the_folder_that_one_works_in(tmp_path: Path) -> None:
    assert load(tmp_path, "DATABASE_URL=sqlite:///a.sqlite3").database_url == f"sqlite:///{tmp_path}/a.sqlite3"


@pytest.mark.parametrize(
    ("given", "host", "port", "starttls"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, False),
        ("smtp://mail.example.org:587", "mail.example.org", 587, True),
        ("smtp://u:p@mail.example.org", "mail.example.org", 25, True),
        ("smtp://u:p@127.0.0.1:1025", "127.0.0.1", 1025, False),
        ("smtp://mail.example.org?starttls=yes", "mail.example.org", 25, True),
        ("smtp://u:p@mail.example.org:587?starttls=no", "mail.example.org", 587, False),
        ("smtps://u:p@mail.example.org", "mail.example.org", 465, False),
    ],
)
def test_mail_password_goes_to_another_machine_only_over_tls(
    tmp_path: Path, given: str, host: str, port: int, starttls: bool
) -> None:
    mail = load(tmp_path, f"MAIL_URL={given}").mail
    assert (mail.host, mail.port, mail.starttls) == (host, port, starttls)


def test_mail_user_and_password_may_hold_any_letter(tmp_path: Path) -> None:
    mail = load(tmp_path, "MAIL_URL=smtp://biuro%40example.org:%2Fp%3A%C5%82@127.0.0.1").mail
    assert (mail.user, mail.password) == ("biuro@example.org", "/p:ł")


def test_mail_folder_may_be_named(tmp_path: Path) -> None:
    assert load(tmp_path, "MAIL_URL=file:///srv/mail").mail.folder == Path("/srv/mail")


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("PORT=9000", "http://127.0.0.1:9000"),
        ("HOST=0.0.0.0", "http://127.0.0.1:8000"),
        ("HOST=::1", "http://[::1]:8000"),
        ("HOST=biuro.example.org", "http://biuro.example.org:8000"),
        ("BASE_URL=https://partnerstwo.example.org/plock/", "https://partnerstwo.example.org/plock"),
    ],
)
def test_links_lead_to_the_address_people_use(tmp_path: Path, text: str, base: str) -> None:
    assert load(tmp_path, text).base_url == base


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.1", False)],
)
def test_only_loopback_counts_as_local(tmp_path: Path, host: str, local: bool) -> None:
    assert load(tmp_path, f"HOST={host}").is_local is local


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("valkey://cache:6379/1", "redis://cache:6379/1"),
        ("rediss://:p@cache/0", "rediss://:p@cache/0"),
        ("unix:///run/valkey.sock?db=2", "unix:///run/valkey.sock?db=2"),
    ],
)
def test_broker_address_is_kept_in_the_form_that_clients_read(tmp_path: Path, given: str, read: str) -> None:
    assert load(tmp_path, f"REDIS_URL={given}").redis_url == read


def test_address_of_the_embedded_broker_is_found_in_the_data_folder(tmp_path: Path) -> None:
    data = load(tmp_path).data
    (data / BROKER_NOTE).write_text("unix:///tmp/x.sock\n", encoding="utf-8")
    assert load(tmp_path).redis_url == "unix:///tmp/x.sock"
    assert load(tmp_path, "REDIS_URL=redis://cache/0").redis_url == "redis://cache/0"


def test_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = load(tmp_path)
    path = first.data / "secret_key"
    assert len(first.secret_key) >= 32
    assert load(tmp_path).secret_key == first.secret_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(first.data.stat().st_mode) == 0o700


@pytest.mark.slow
def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    program = "from workflow.base.settings import load_settings; print(load_settings().secret_key)"
    environment = {**os.environ, "PARTNERSTWO_DATA": str(tmp_path / "shared")}
    words = [sys.executable, "-c", program]
    started = [
        subprocess.Popen(words, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    keys = {process.communicate(timeout=30)[0] for process in started}
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["secret_key"]


def test_emptied_key_file_is_refused(tmp_path: Path) -> None:
    data = load(tmp_path).data
    (data / "secret_key").write_text("", encoding="ascii")
    assert "holds no usable key: remove the file" in refusal(tmp_path, "")


def test_own_key_is_used_and_none_is_written(tmp_path: Path) -> None:
    settings = load(tmp_path, f"PARTNERSTWO_ENV=production\nSECRET_KEY={KEY}")
    assert settings.secret_key == KEY
    assert settings.is_production
    assert not (settings.data / "secret_key").exists()
