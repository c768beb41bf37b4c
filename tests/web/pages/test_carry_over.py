"""Carrying a project over on its pages: offered to its leader and the office, done once, linked back and forth."""

from tests.web.stage import Stage, send


def test_a_leader_carries_a_project_over_and_both_pages_lead_to_each_other(stage: Stage) -> None:
    project = stage.world.proposal_in("reserve")
    stage.world.edition("conferences", key="nastepna")
    page = "/edycje/nastepna/do-przeniesienia"
    assert page in stage.page("leader", f"/projekty/{project.id}")
    assert page not in stage.page("member", f"/projekty/{project.id}")
    browser = stage.as_("leader")
    assert send(browser, page, proposal="x", clause="1").status_code == 422
    answer = send(browser, page, proposal=str(project.id), clause="1")
    assert answer.status_code == 303
    assert send(browser, page, proposal=str(project.id), clause="1").status_code == 303
    listed = stage.page("staff", page)
    assert listed.count("Przejdź do pomysłu") == 1
    old = stage.page("leader", f"/projekty/{project.id}")
    assert "Przeniesiono do:" in old
    number = int(listed.split("Przejdź do pomysłu")[0].rsplit("/projekty/", 1)[1].split('"')[0])
    new = stage.page("leader", f"/projekty/{number}")
    assert "Przeniesiono z:" in new
    assert f"/projekty/{project.id}" in new
    assert stage.as_(None).get(page).status_code in (302, 303, 404)
