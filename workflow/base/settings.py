"""Reads every setting from the environment and a `.env` file into one frozen object.

`TZ` is not among them: the product lives in Europe/Warsaw and the database in UTC, on any machine.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from workflow.base.clock import read_clock
from workflow.base.mail_settings import SHORTEST_KEY, MailSettings
from workflow.base.urls import MailServer, database_address, is_loopback, mail_server, split, whole

CHECKOUT = Path(__file__).resolve().parents[2]
HOME = CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()
BROKER_NOTE = "broker.url"


class SettingsError(Exception):
    """One sentence that names the setting and says how to mend it."""


class Environment(StrEnum):
    """Where the program runs: production refuses defaults that are only safe on one machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(MailSettings):
    """Every setting, checked; see `.env.example` for what each means."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=True, hide_input_in_errors=True)

    data: Path = Field(default=HOME / "var", validation_alias="PARTNERSTWO_DATA")
    environment: Environment = Field(default=Environment.DEVELOPMENT, validation_alias="PARTNERSTWO_ENV")
    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    port: Annotated[int, whole("PORT", least=1, most=65535)] = Field(default=8000, validation_alias="PORT")
    base_url: str = Field(default="", validation_alias="BASE_URL")
    database_url: str = Field(default="", validation_alias="DATABASE_URL", repr=False)
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL", repr=False)
    secret_key: str = Field(default="", validation_alias="SECRET_KEY", repr=False)
    own_demo_password: str | None = Field(default=None, validation_alias="PARTNERSTWO_DEMO_PASSWORD", repr=False)
    # How many proxies stand in front.
    trusted_proxies: Annotated[int, whole("TRUSTED_PROXIES", least=0, most=10)] = Field(
        default=0, validation_alias="TRUSTED_PROXIES"
    )
    participant_list_mb: int = Field(default=20, ge=1, le=40, validation_alias="PARTICIPANT_LIST_MB")
    clock: str = Field(default="", validation_alias="PARTNERSTWO_CLOCK")

    # --- one setting at a time -------------------------------------------------------------------------

    @field_validator("data", mode="before")
    @classmethod
    def read_data(cls, value: object) -> Path:
        """The folder as an absolute path; it need not exist yet. ValueError for a file."""
        path = Path(str(value)).expanduser().absolute()
        if path.exists() and not path.is_dir():
            raise ValueError(f"PARTNERSTWO_DATA is {path}, which is a file: name a folder.")
        return path

    @field_validator("environment", mode="before")
    @classmethod
    def read_environment(cls, value: object) -> Environment:
        """The environment by its name, whatever its case. ValueError for any other."""
        try:
            return Environment(str(value).strip().lower())
        except ValueError:
            allowed = " or ".join(Environment)
            raise ValueError(f"PARTNERSTWO_ENV is {str(value)!r}: set it to {allowed}.") from None

    @field_validator("host")
    @classmethod
    def read_host(cls, value: str) -> str:
        """An address or a name without brackets. ValueError for anything with a path, a port or credentials."""
        host = value.strip().strip("[]")
        if not host or any(letter in host for letter in "/ @?#"):
            raise ValueError(f"HOST is {value!r}: give an address or a name alone, such as 127.0.0.1.")
        return host

    @field_validator("base_url")
    @classmethod
    def read_base_url(cls, value: str) -> str:
        """The address of the site without a slash at its end; empty where none is given. ValueError for a wrong one."""
        parts = split("BASE_URL", value)
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment
        if value and (wrong or parts.username is not None):
            raise ValueError("BASE_URL is no address of a site: give the one people use, such as https://example.org.")
        return value.strip().rstrip("/")

    @field_validator("database_url")
    @classmethod
    def read_database_url(cls, value: str) -> str:
        """The address as SQLAlchemy wants it; empty where none is given. ValueError for a wrong one."""
        return database_address(value) if value else ""

    @field_validator("redis_url")
    @classmethod
    def read_redis_url(cls, value: str | None) -> str | None:
        """The address as Redis clients read it; None where none is given. ValueError for a wrong one."""
        parts = split("REDIS_URL", value or "")
        scheme = parts.scheme.replace("valkey", "redis")
        reachable = parts.hostname if scheme in ("redis", "rediss") else parts.path
        if value and (scheme not in ("redis", "rediss", "unix", "filesystem") or not reachable):
            raise ValueError("REDIS_URL is not an address of a Redis: use redis://host:6379/0 or unset it.")
        # Put together by hand: urllib would shorten `unix:///path` to `unix:/path`, which Redis does not read.
        return f"{scheme}:{value.strip().split(':', 1)[1]}" if value else None

    @field_validator("clock")
    @classmethod
    def read_clock(cls, value: str) -> str:
        """The setting as it is given, once it can be read. ValueError for a wrong one."""
        read_clock(value, data=HOME)
        return value

    # --- settings that depend on others ----------------------------------------------------------------

    @model_validator(mode="after")
    def require_key(self) -> "Settings":
        """ValueError where production has no secret key of sufficient length."""
        if self.environment is Environment.PRODUCTION and len(self.secret_key) < SHORTEST_KEY:
            remedy = f"set it to {SHORTEST_KEY} or more random characters"
            raise ValueError(f"SECRET_KEY is missing or short, which production refuses: {remedy}.")
        return self

    @model_validator(mode="after")
    def fill_defaults(self) -> "Settings":
        """Work out the addresses of site and database where none is given."""
        # The object is frozen for everybody else; its own validator still has to work these out.
        if not self.base_url:
            object.__setattr__(self, "base_url", f"http://{self.link_host}:{self.port}")
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data / 'partnerstwo.sqlite3'}")
        return self

    # --- what follows from them ------------------------------------------------------------------------

    @property
    def link_host(self) -> str:
        """The host for links: an address that listens everywhere is reached on this machine; IPv6 in brackets."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"[{host}]" if ":" in host else host

    @property
    def mail(self) -> MailServer:
        """The mail server that the settings name."""
        return mail_server(self.mail_url, data=self.data)

    @property
    def is_production(self) -> bool:
        """Whether this is an installation that people rely on."""
        return self.environment is Environment.PRODUCTION

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")

    @property
    def is_secure(self) -> bool:
        """Whether people come over HTTPS, so that cookies may ask for it."""
        return self.base_url.startswith("https://")

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the web process."""
        return is_loopback(self.host)

    @property
    def demo_password(self) -> str:
        """The password of the people of the demonstration."""
        return self.own_demo_password or "demo"

    @property
    def uploads(self) -> Path:
        """The folder of files that people hand in."""
        return self.data / "uploads"

    @property
    def poll_keys(self) -> Path:
        """The folder of the keys of open secret votes; no copy holds it."""
        return self.data / "polls"


def load_settings(*, env_file: Path | None = None, **given: Any) -> Settings:
    """Read the settings; `given` ones, by field name, win over the environment, and that over `.env`.

    Makes the data folder, and on first use a secret key in it that only its owner may read.
    Raises SettingsError with one sentence for the first setting that is wrong.
    """
    files = (env_file,) if env_file else (HOME / ".env", Path.cwd() / ".env")
    named = {str(Settings.model_fields[name].validation_alias): value for name, value in given.items()}
    try:
        settings = Settings(**{**_written(files), **named})
    except ValidationError as error:
        raise SettingsError(first_sentence(error)) from None
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"the .env file cannot be read ({type(error).__name__}): mend it or remove it.") from None
    values: dict[str, str | None] = {}
    if not settings.secret_key:
        values["secret_key"] = kept_key(settings.data)
    if not settings.redis_url:
        values["redis_url"] = embedded_broker(settings.data)
    return settings.model_copy(update=values)


def _written(files: Iterable[Path]) -> dict[str, str]:
    """What the files say and the environment, which wins; an empty value means the default."""
    sources: list[Mapping[str, str | None]] = [
        dotenv_values(file, encoding="utf-8") for file in files if file.is_file() or file.is_fifo()
    ]
    return {name: value for source in (*sources, os.environ) for name, value in source.items() if value}


def embedded_broker(data: Path) -> str | None:
    """The address that a running `partnerstwo run` on this data folder has noted for everybody else."""
    try:
        return (data / BROKER_NOTE).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def first_sentence(error: ValidationError) -> str:
    """The first thing that is wrong, in one sentence."""
    first = error.errors(include_url=False, include_input=False)[0]
    reason = first.get("ctx", {}).get("error")
    return str(reason) if reason else f"{'.'.join(map(str, first['loc']))} is wrong: {first['msg']}."


def kept_key(data: Path) -> str:
    """The secret key of this data folder, made on first use; of several processes at once, one key wins."""
    path = data / "secret_key"
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            fresh = data / f".secret_key.{os.getpid()}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
            try:
                path.hardlink_to(fresh)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        where = f"PARTNERSTWO_DATA is {data}, where nothing can be written"
        raise SettingsError(f"{where} ({error.strerror}): name another folder or set its rights.") from None
    if len(key) < SHORTEST_KEY:
        raise SettingsError(f"{path} holds no usable key: remove the file and a new one is made.")
    return key
