"""How each section of the sheet is filled in: advice and an example, for people who do it for the first time."""

from collections.abc import Mapping

from msgspec import Struct

from workflow.base.i18n import Sentence, _


class Guidance(Struct, frozen=True):
    """What to think of in a section, and what a good answer looks like."""

    advice: Sentence
    example: Sentence


GUIDANCE: Mapping[str, Guidance] = {
    "title": Guidance(
        _("Say in a few words what will come into being and where."),
        _("A day room for older people in the old school in Łąck"),
    ),
    "summary": Guidance(
        _("Two or three sentences that a neighbour understands: what, for whom, where."),
        _(
            "We open a day room twice a week. Older people of three villages meet there, do exercises and "
            "learn to use a phone. Pupils of the secondary school help them."
        ),
    ),
    "sector": Guidance(
        _("Choose the sector in which most of the work is done. Name others beside it."),
        _("Social welfare; beside it: education"),
    ),
    "principle": Guidance(
        _("Choose the principle that the project serves most, not all that it touches."),
        _("Use of what is here already: an empty building and people who have time"),
    ),
    "area": Guidance(
        _("Name what in the county gets better because of the project."),
        _("Services for older people"),
    ),
    "places": Guidance(
        _("Name communes and villages where something happens, not where the partners have their seats."),
        _("Commune of Łąck: Łąck, Grabina. Commune of Gąbin: Dobrzyków"),
    ),
    "problem": Guidance(
        _("Say who has the problem and how it shows. A figure and its source are worth more than a long text."),
        _(
            "In the three villages 140 people over 70 live alone (data of the social welfare centre, 2026). "
            "The nearest day room is 18 km away, and no bus goes there."
        ),
    ),
    "goals": Guidance(
        _("Write what will have changed at the end, so that it can be counted."),
        _(
            "By June 2028 at least 40 people come at least once a week. 25 of them arrange a visit at the "
            "doctor's by phone or computer themselves."
        ),
    ),
    "beneficiaries": Guidance(
        _("Say who gains, how many people, and how they learn of the project."),
        _(
            "About 60 people over 65 and their families. They are told by village heads, the parish and the "
            "district nurse."
        ),
    ),
    "activities": Guidance(
        _("List what is done, in order. Say of each thing who does it."),
        _(
            "1. Repair of two rooms (commune). 2. Training of eight volunteers (social welfare centre). 3. "
            "Meetings on Tuesdays and Thursdays (association). 4. Phone lessons with pupils (school)."
        ),
    ),
    "partners": Guidance(
        _(
            "A row for each partner. Write what exactly it gives: people, hours, a place, things, money. "
            "Enter only what was agreed with the partner."
        ),
        _(
            "Primary school in Łąck: a room with heating, 8 hours a week from September to June. Farmers' "
            "wives' circle: a meal for 20 people, twice a month. Company Drewbud: boards for benches, worth 3"
            " 000 zł."
        ),
    ),
    "timetable": Guidance(
        _("A row for each stage, with its beginning and end. Leave time for consents and purchases."),
        _("1 March – 30 April 2027: repair. 1 May – 31 May: training of volunteers. From 1 June: meetings."),
    ),
    "budget": Guidance(
        _(
            "A row for each cost: what, how many, at what price, who pays. Mark own contribution, also work "
            "and things. The sum counts itself. Ask a shop or a company about prices."
        ),
        _(
            "Chairs, 20 pieces at 150 zł: 3 000,00 zł, paid by the commune. Training of volunteers, 16 hours "
            "at 120 zł: 1 920,00 zł, paid by the programme. Work of volunteers, 100 hours at 30 zł: 3 000,00 "
            "zł, own contribution."
        ),
    ),
    "risks": Guidance(
        _("Name two or three things that may really fail, and what the group does then."),
        _(
            "Too few people come in winter: the commune's bus brings them on Thursdays. The repair is late: "
            "we begin in the library."
        ),
    ),
    "sustainability": Guidance(
        _("Say what stays after the money ends, who looks after it and from what."),
        _(
            "The commune keeps the room and pays for heating. The association leads meetings on, the "
            "volunteers are trained."
        ),
    ),
}
