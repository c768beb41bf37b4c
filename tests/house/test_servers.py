"""The servers of the tests themselves do what the tests believe of them."""

import smtplib
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Page
from sqlalchemy import text

from tests.postgres import status
from tests.servers import PrivateRedis
from tests.smtp_sink import BUSY, DROP_AFTER, DROP_BEFORE, REFUSE_RECIPIENT, SmtpSink
from workflow.db.database import Database


def send(sink: SmtpSink) -> str:
    try:
        with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
            client.sendmail("biuro@example.org", ["lider@example.org"], "Message-ID: <1@example.org>\r\n\r\nx")
    except (smtplib.SMTPException, OSError) as error:
        return type(error).__name__
    return "accepted"


def test_database_is_empty_and_migrated(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.execute(text("SELECT count(*) FROM proposal")).scalar_one() == 0


@pytest.mark.parametrize(("written", "read"), [("", ""), ("4711\n/data\n", "/data"), ("4711\nready   \n", "ready   ")])
def test_server_says_how_far_it_has_come(tmp_path: Path, written: str, read: str) -> None:
    assert status(tmp_path) == ""
    (tmp_path / "postmaster.pid").write_text(written, encoding="utf-8")
    assert status(tmp_path) == read


def test_redis_comes_back_empty_after_a_kill(own_redis: PrivateRedis) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("key", "value")
        own_redis.kill()
        own_redis.start()
        assert client.get("key") is None


def test_redis_starts_each_test_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


def test_mail_server_answers_by_its_script_and_then_accepts(smtp_sink: SmtpSink) -> None:
    smtp_sink.script.extend([BUSY, REFUSE_RECIPIENT, DROP_BEFORE, DROP_AFTER])
    told = [send(smtp_sink) for _ in range(5)]
    assert told == [
        "SMTPDataError",
        "SMTPRecipientsRefused",
        "SMTPServerDisconnected",
        "SMTPServerDisconnected",
        "accepted",
    ]
    assert [letter.message_id for letter in smtp_sink.to("lider@example.org")] == ["<1@example.org>"] * 2


def test_mail_server_comes_back_on_its_port(smtp_sink: SmtpSink) -> None:
    smtp_sink.stop()
    assert send(smtp_sink) == "ConnectionRefusedError"
    smtp_sink.start()
    assert send(smtp_sink) == "accepted"


def test_browser_opens_a_page(page: Page) -> None:
    page.set_content("<h1>Dzień dobry</h1>")
    assert page.inner_text("h1") == "Dzień dobry"
