from pathlib import Path

import pytest

from tests.workflow.lifecycle.test_definition import NAMES, SMALL
from workflow.lifecycle.definition import LifecycleError, Mistake, load

TEXT = SMALL.read_text("utf-8")
EXTRA_STATE = """
[[state]]
key = "lost"
kind = "{kind}"
phase = "end"
label = {{ pl = "Zagubiony", en = "Lost" }}
"""
EXTRA_STEP = """
[[step]]
id = "X1"
name = "{name}"
label = {{ pl = "Idź", en = "Go" }}
from = {source}
to = "{target}"
who = {who}
tells = "proposal.settled"
"""


def mistakes(tmp_path: Path, text: str) -> list[Mistake]:
    path = tmp_path / "small.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(LifecycleError) as caught:
        load(path, NAMES)
    return caught.value.mistakes


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def step(name: str = "go", source: str = '["idea"]', target: str = "settled", who: str = '["staff"]') -> str:
    return TEXT + EXTRA_STEP.format(name=name, source=source, target=target, who=who)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('tone = "danger"', 'tune = "danger"', "unknown key `tune`; did you mean `tone`?"),
        ('tone = "danger"', 'tone = "red"', "`tone` must be one of: primary, danger, neutral"),
        ('kind = "closed"', 'kind = "shut"', "`kind` must be one of: initial, normal, closed, final"),
        ('from = ["idea"]\n', "", "missing key `from`"),
        ('guards = ["sheet_complete"]', 'guards = "sheet_complete"', "`guards` must be a list of texts"),
        ("version = 1", "version = true", "`version` must be a whole number above zero"),
        ("private = true", 'private = "yes"', "`private` must be true or false"),
        ('guards = ["sheet_complete"]', 'guards = ["complete"]', "unknown guard `complete`"),
        ('guards = ["sheet_complete"]', 'guards = ["sheet_compleet"]', "did you mean `sheet_complete`?"),
        (
            'who = ["leader", "staff"]',
            'who = ["leaders"]',
            "unknown permission `leaders`; did you mean `leader`?",
        ),
        ('undo = ["staff"]', 'undo = ["stuff"]', "unknown permission `stuff`"),
        ('effects = ["start_clock"]', 'effects = ["stop_clock"]', "unknown effect `stop_clock`"),
        (
            'asks = ["reasons", "slot?"]',
            'asks = ["reason?"]',
            "unknown input `reason`; did you mean `reasons`?",
        ),
        ('tells = "proposal.rejected"', 'tells = "proposal.refused"', "unknown topic `proposal.refused`"),
        ('timer = { at = "due"', 'timer = { at = "then"', "unknown timer rule `then`"),
        ('timer = { at = "due"', 'timer = { on = "due"', "missing key `timer.at`"),
        ("remind = [3, 1]", "remind = [-3]", "`timer.remind` must be a list of whole numbers above zero"),
        ('to = "rejected"\nwho = ["staff"]', 'to = "refused"\nwho = ["staff"]', "unknown state `refused`"),
        ('from = ["idea", "rejected"]', 'from = ["idea", "refused"]', "unknown state `refused`"),
        ('in = ["idea"]', 'in = ["ideas"]', "unknown state `ideas`; did you mean `idea`?"),
        ('phase = "end"', 'phase = "ends"', "unknown phase `ends`; did you mean `end`?"),
        ('id = "S2t"', 'id = "S2"', "duplicate id `S2`"),
        ('key = "rejected"', 'key = "idea"', "duplicate state `idea`"),
        ('kind = "initial"', 'kind = "normal"', "no initial state"),
        ('kind = "closed"', 'kind = "initial"', "a second initial state; the first is `idea`"),
        (
            'to = "idea"\nwho = ["leader"',
            'to = "rejected"\nwho = ["leader"',
            "which is not the initial state",
        ),
        ("from = []", 'from = ["rejected"]', "no step creates the subject (`from = []`)"),
        ('who = ["leader", "staff"]', "who = []", "a step that nobody may take: `who` is empty"),
        ('timer = { at = "due", remind = [3, 1] }\n', "", "a step that only `system` may take has no timer"),
        ('who = ["system"]', 'who = ["staff"]', "a timer on a step that `system` may not take"),
        ('pl = "Pomysł", ', "", "label missing in language `pl`"),
        ('en = "Appeal"', 'en = " "', "label missing in language `en`"),
        ('en = "Origin"', 'en = ""', "phase origin missing in language `en`"),
        ('name = "expire"', 'name = "reject"', "could fire together with step S2 in `idea`"),
        (
            'came_from = ["rejected"]',
            'came_from = ["idea"]',
            "could fire together with step S4a in `appealed`",
        ),
        ("remembers = true\n", "", "`appealed` does not remember the state that was left"),
        ('came_from = ["rejected"]', 'came_from = ["settled"]', "no step leads from `settled` to `appealed`"),
        ('from = ["*"]', 'from = ["*", "idea"]', "no other may stand beside it"),
        ('tells = "proposal.rejected"', 'tells = "rejected"', "must have the form `proposal.<past tense>`"),
        (
            'tells = "proposal.settled"',
            'tells = "edition.settled"',
            "must have the form `proposal.<past tense>`",
        ),
        ('tells = "proposal.rejected"', 'tells = "proposal.reject"', "must be in the past tense"),
        ('tells = "proposal.rejected"', 'tells = ""', "`tells` must be a text that is not empty"),
        ('name = "check_formally"', 'name = "reject"', "the record `reject` shares its name with a step"),
        ('before = "proposal.deadline_neared"\n', "", "a reminder that tells nothing `before` or `after`"),
        ('before = "proposal.deadline_neared"', 'before = "proposal.nearly"', "unknown topic `proposal.nearly`"),
        ('name = "small"', 'name = "little"', "the file is named `small`, the table `little`"),
    ],
)
def test_a_mistake_is_found(tmp_path: Path, before: str, after: str, message: str) -> None:
    text = TEXT.replace(before, after, 1)
    assert text != TEXT

    found = [mistake for mistake in mistakes(tmp_path, text) if message in mistake.message]

    assert found
    assert 1 <= found[0].line <= len(text.splitlines())


@pytest.mark.parametrize(
    ("part", "after"),
    [
        ('asks = ["reasons", "slot?"]', 'asks = ["reason"]'),
        ('guards = ["sheet_complete"]', 'guards = ["complete"]'),
        ('tells = "proposal.appealed"', 'tells = "appealed"'),
        ("timer = {", 'timer = { until = "x",'),
        ('keeps = "many"', 'keeps = "all"'),
    ],
)
def test_the_line_is_that_of_the_wrong_key(tmp_path: Path, part: str, after: str) -> None:
    found = mistakes(tmp_path, TEXT.replace(part, after, 1))

    assert {mistake.line for mistake in found} == {line_of(TEXT, part)}
    assert {mistake.file for mistake in found} == {"small.toml"}


def test_a_mistake_names_its_row(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, TEXT.replace('["sheet_complete"]', '["other"]'))

    assert str(found) == f"small.toml:{line_of(TEXT, 'guards')}: step S2: unknown guard `other`"


def test_broken_syntax_is_told_with_its_line(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, TEXT.replace('to = "rejected"', "to = rejected", 1))

    assert found.line == line_of(TEXT, 'to = "rejected"')
    assert "not TOML" in found.message


def test_a_file_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_bytes(TEXT.encode("iso-8859-2"))

    with pytest.raises(LifecycleError) as caught:
        load(path, NAMES)

    assert [(one.line, one.message) for one in caught.value.mistakes] == [(6, "not UTF-8 text")]


def test_a_state_that_no_step_enters_is_unreachable(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, TEXT + EXTRA_STATE.format(kind="normal"))

    assert "unreachable" in found.message
    assert found.where == "state lost"


def test_a_state_entered_only_from_an_unreachable_one_is_unreachable(tmp_path: Path) -> None:
    text = step(source='["lost"]', target="gone") + EXTRA_STATE.format(kind="normal")
    text += EXTRA_STATE.format(kind="final").replace("lost", "gone")

    assert [found.where for found in mistakes(tmp_path, text)] == ["state lost", "state gone"]


def test_a_state_without_a_way_out_must_be_final(tmp_path: Path) -> None:
    text = step(target="lost").replace('from = ["*"]', 'from = ["idea"]') + EXTRA_STATE.format(kind="closed")

    (found,) = mistakes(tmp_path, text)

    assert found.message == "`lost` is not final and has no way out"


def test_a_final_state_has_no_way_out(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, step(source='["settled"]', target="idea"))

    assert found.message == "a way out of the final state `settled` to `idea`"


def test_a_final_state_may_lead_to_another_final_one(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(step(source='["settled"]', target="lost") + EXTRA_STATE.format(kind="final"), "utf-8")

    assert load(path, NAMES).states["lost"].kind == "final"


def test_a_timer_cannot_create_a_subject(tmp_path: Path) -> None:
    text = step(source="[]", target="idea", who='["system"]') + 'timer = { at = "due" }\n'

    assert "nothing waits yet" in mistakes(tmp_path, text)[0].message


def test_two_creating_steps_of_one_name_collide(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, step(name="record_idea", source="[]", target="idea"))

    assert found.message == "could fire together with step S1 when a subject is created"


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = TEXT.replace('["sheet_complete"]', '["complete"]').replace('"proposal.appealed"', '"appealed"')
    text = text.replace('pl = "Rozlicz"', 'pl = ""') + EXTRA_STATE.format(kind="normal")

    found = mistakes(tmp_path, text)

    assert [mistake.line for mistake in found] == sorted(mistake.line for mistake in found)
    assert {mistake.where for mistake in found} == {"step S2", "step S3", "step S6", "state lost"}


def test_a_misspelt_key_is_not_followed_by_complaints_about_the_whole_table(tmp_path: Path) -> None:
    found = mistakes(tmp_path, TEXT.replace('from = ["idea"]', 'form = ["idea"]', 1))

    assert [mistake.message for mistake in found] == [
        "missing key `from`",
        "unknown key `form`; did you mean `from`?",
    ]


@pytest.mark.parametrize("text", ["", "state = 1", "step = [1]", "phases = []", 'label = "x"', "state = [[]]"])
def test_nonsense_is_refused_without_falling_over(tmp_path: Path, text: str) -> None:
    assert mistakes(tmp_path, text)
