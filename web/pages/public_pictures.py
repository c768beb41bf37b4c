"""Pictures of projects that everybody may see: their small copies, which carry nothing that a camera noted."""

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from web.http.resources import reading, resources
from web.http.security import asks
from web.pages.files import SANDBOXED
from web.views.subject import find
from workflow.base.errors import NotFound
from workflow.files import storage
from workflow.files.public_pictures import key_of_public
from workflow.files.thumbnails import SMALL_TYPE
from workflow.rules.facts import Ref
from workflow.rules.states import PUBLIC

pages = Blueprint("public_pictures", __name__)


@pages.get("/projekty/<int:proposal_id>/zdjecia/<int:number>")
@asks("anyone")
def fetch(proposal_id: int, number: int) -> ResponseReturnValue:
    """The picture, for as long as it is shown; a browser asks each time whether it still is."""
    with reading() as tx:
        if find(tx, Ref("proposal", proposal_id), None).facts.state not in PUBLIC:
            raise NotFound
        key, digest = key_of_public(tx, proposal_id, number)
    path = storage.path_of(resources().settings.uploads, key, small=True)
    if not path.is_file():
        raise NotFound
    response = send_file(path, mimetype=SMALL_TYPE, etag=digest, max_age=0)
    response.headers["Content-Security-Policy"] = SANDBOXED
    response.headers["Cache-Control"] = "no-cache"
    return response
