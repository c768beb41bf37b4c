from pathlib import Path

from flask import Flask

from web.http.template_i18n import DiskCache, LanguageEnvironment

TEMPLATE = """{{ _("Sign in") }}|{{ _("Phase %(number)s of %(total)s: %(phase)s.", number=1, total=2, phase=name) }}"""


def environment(app: Flask) -> LanguageEnvironment:
    found = app.jinja_env
    assert isinstance(found, LanguageEnvironment)
    return found


def said(app: Flask, language: str, **values: str) -> str:
    with app.test_request_context("/"):
        return environment(app).in_language(language).from_string(TEMPLATE).render(**values)


def test_a_template_speaks_the_language_of_its_reader(app: Flask) -> None:
    assert said(app, "pl", name="Pomysł") == "Zaloguj się|Etap 1 z 2: Pomysł."
    assert said(app, "en", name="Pomysł") == "Sign in|Phase 1 of 2: Pomysł."


def test_words_that_come_with_the_page_are_looked_up_when_it_is_made(app: Flask) -> None:
    with app.test_request_context("/"):
        page = environment(app).in_language("pl").from_string("{{ _(late) }}")
        assert page.render(late="Sign out") == "Wyloguj się"


def test_what_people_wrote_is_escaped_within_a_sentence(app: Flask) -> None:
    page = '{% autoescape true %}{{ _("State: %(state)s.", state=name) }}{% endautoescape %}'
    with app.test_request_context("/"):
        shown = environment(app).in_language("pl").from_string(page).render(name="<b>")
    assert "&lt;b&gt;" in shown


def test_both_languages_are_served_by_one_application(app: Flask) -> None:
    client = app.test_client()
    assert 'lang="pl"' in client.get("/login").text
    with client.session_transaction() as kept:
        kept["language"] = "en"
    page = client.get("/login").text
    assert 'lang="en"' in page
    assert "Zaloguj" not in page.partition("<main")[2]


def test_compiled_templates_of_two_languages_are_kept_apart(app: Flask, tmp_path: Path) -> None:
    cache = DiskCache(str(tmp_path))
    polish, english = (environment(app).in_language(one) for one in ("pl", "en"))
    keys = [cache.get_bucket(one, "base.html", "base.html", "source").key for one in (polish, english)]
    assert len(set(keys)) == 2
