"""The settings of mail: where letters go and come back, and when the office is warned."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from workflow.base.urls import mail_server, mailbox, whole

SHORTEST_KEY = 32


class MailSettings(BaseModel):
    """Every setting of mail, checked; see `.env.example` for what each means."""

    mail_url: str = Field(default="file:", validation_alias="MAIL_URL", repr=False)
    mail_from: str = Field(default="Partnerstwo <partnerstwo@example.org>", validation_alias="MAIL_FROM")
    # Minutes without a delivery after which staff are warned.
    mail_alarm_minutes: Annotated[int, whole("MAIL_ALARM_MINUTES", least=1, most=1440)] = Field(
        default=15, validation_alias="MAIL_ALARM_MINUTES"
    )
    bounce_url: str = Field(default="", validation_alias="BOUNCE_URL", repr=False)
    bounce_address: str = Field(default="", validation_alias="BOUNCE_ADDRESS")
    bounce_secret: str = Field(default="", validation_alias="BOUNCE_SECRET", repr=False)

    @field_validator("mail_url")
    @classmethod
    def read_mail_url(cls, value: str) -> str:
        """The address as it is given, once it can be read. ValueError for a wrong one."""
        mail_server(value, data=Path.cwd())
        return value

    @field_validator("mail_from")
    @classmethod
    def read_mail_from(cls, value: str) -> str:
        """An address, with or without a name. ValueError where there is none, and for control characters."""
        _, address = parseaddr(value)
        name, _, domain = address.rpartition("@")
        if not (name and domain) or any(ord(letter) < 32 for letter in value):
            raise ValueError(f"MAIL_FROM is {value!r}: give one address, such as Biuro <biuro@example.org>.")
        return value.strip()

    @field_validator("bounce_url")
    @classmethod
    def read_bounce_url(cls, value: str) -> str:
        """The address as it is given, once it can be read. ValueError for a wrong one."""
        if value:
            mailbox(value)
        return value

    @field_validator("bounce_address")
    @classmethod
    def read_bounce_address(cls, value: str) -> str:
        """A plain address without a plus, to which letters come back. ValueError for anything else."""
        name, _, domain = value.strip().rpartition("@")
        if value and (
            not (name and domain) or not value.strip().isprintable() or any(sign in value for sign in "+ <>")
        ):
            raise ValueError(f"BOUNCE_ADDRESS is {value!r}: give one plain address, such as zwroty@example.org.")
        return value.strip()

    @field_validator("bounce_secret")
    @classmethod
    def read_bounce_secret(cls, value: str) -> str:
        """What a provider signs its reports with. ValueError for a short one."""
        if value and len(value) < SHORTEST_KEY:
            raise ValueError(f"BOUNCE_SECRET is short: give {SHORTEST_KEY} or more random characters.")
        return value

    @property
    def mail_alarm(self) -> timedelta:
        """How long nothing may be delivered while letters wait."""
        return timedelta(minutes=self.mail_alarm_minutes)
