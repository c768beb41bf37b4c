"""What people wrote is said to be Polish on pages in another language, and only there."""

import re

import pytest

from tests.web.http.test_template_i18n import environment
from tests.web.shared_stage import shared_stage
from tests.web.stage import Stage
from web.http.content_language import OwnWords

__all__ = ["shared_stage"]

TITLE = "Łąka <b>dla</b> pszczół"
MARKED = '<span lang="pl">Łąka &lt;b&gt;dla&lt;/b&gt; pszczół</span>'
ESCAPED = "Łąka &lt;b&gt;dla&lt;/b&gt; pszczół"
UI = '{% import "macros/ui.html" as ui %}'
HEAD = "<h1>{% block t %}{{ p.title }}{% endblock %}</h1><title>{% filter plain %}{{ self.t() }}{% endfilter %}</title>"


def rendered(stage: Stage, template: str, language: str, title: str = TITLE) -> str:
    with stage.app.test_request_context(f"/?lang={language}"):
        stage.app.preprocess_request()
        made = environment(stage.app).in_language(language).from_string(template)
        return made.render(p={"title": title}, words="x")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("<p>{{ p.title }}</p>", f"<p>{MARKED}</p>"),
        ("<a href='/'>{% if p %}{{ p.title }}{% endif %}</a>", f"<a href='/'>{MARKED}</a>"),
        ("<p>{{ p.title or words }}</p>", f"<p>{MARKED}</p>"),
        ("<p>{{ p.gone or p.title }}</p>", f"<p>{ESCAPED}</p>"),
        ('<a aria-label="{{ p.title }}">x</a>', f'<a aria-label="{ESCAPED}">x</a>'),
        ("<option>{{ p.title }}</option>", f"<option>{ESCAPED}</option>"),
        ("<textarea rows=2>{{ p.title }}</textarea>", f"<textarea rows=2>{ESCAPED}</textarea>"),
        (HEAD, f"<h1>{MARKED}</h1><title>{ESCAPED}</title>"),
    ],
)
def test_content_is_marked_in_running_text_alone(shared_stage: Stage, template: str, expected: str) -> None:
    assert rendered(shared_stage, template, "en") == expected
    assert rendered(shared_stage, template, "pl") == expected.replace(MARKED, ESCAPED)


@pytest.mark.parametrize(
    "template",
    [
        UI + '{{ ui.crumbs([{"label": p.title, "href": "/"}] + [{"label": words}]) }}',
        UI + "{% call ui.card(p.title, href='/') %}{% endcall %}",
        UI + "{{ ui.facts([(words, p.title)]) }}",
        UI + "<table><tr>{{ ui.td(words, p.title) }}</tr></table>",
        '<p>{{ _("History of: %(title)s", title=p.title) }}</p>',
        '<p>{{ _("History of: %(title)s", title=p.title or words) if p else _("History") }}</p>',
    ],
)
def test_what_macros_are_given_is_marked_too(shared_stage: Stage, template: str) -> None:
    assert rendered(shared_stage, template, "en").count(MARKED) == 1
    assert "lang=" not in rendered(shared_stage, template, "pl")


def test_words_of_the_product_are_not_marked(shared_stage: Stage) -> None:
    assert rendered(shared_stage, "{{ p.title }}", "en", OwnWords("Meeting no. 1")) == "Meeting no. 1"


def test_an_english_page_says_that_titles_and_texts_are_polish(shared_stage: Stage) -> None:
    ref = shared_stage.world.proposal_in("group_work")
    shared_stage.world.take(ref, "edit_sheet", "leader", goals="Mniej samotności.\nWięcej spotkań.")
    browser, title = shared_stage.as_("leader"), str(shared_stage.world.facts(ref)["title"])
    browser.get("/konto")
    browser.post("/language", {"language": "en", "next": "/"})
    for path in (f"/projekty/{ref.id}", f"/projekty/{ref.id}/karta/calosc", f"/projekty/{ref.id}/karta"):
        page = browser.get(path).text
        assert '<html lang="en">' in page
        assert f'<span lang="pl">{title}</span>' in page, path
    overview = browser.get(f"/projekty/{ref.id}").text
    assert {"Mniej samotności.", "Więcej spotkań."} <= set(re.findall(r'<span lang="pl">([^<]+)</span>', overview))
    browser.post("/language", {"language": "pl", "next": "/"})
    assert '<span lang="pl">' not in browser.get(f"/projekty/{ref.id}").text
