"""How people name a state, and what only looks like one. A wrong state tells the person wrong deadlines."""

import time

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from actions.pathway.states import load_states
from nlu import place_names
from nlu.places import PlaceExtractor

STATES = load_states()

#: message -> states, the one that made the order first.
NAMED = {
    # the name
    "Texas": "TX", "i live in texas": "TX", "TEXAS": "TX", "Its in florida": "FL", "the order is from New Mexico": "NM",
    "new york": "NY", "upstate new york": "NY", "west virginia": "WV", "im in west virginia": "WV", "North Dakota": "ND",
    "n. carolina": "NC", "s carolina court": "SC", "district of columbia": "DC", "washington dc": "DC", "Washington, D.C.": "DC",
    "washington state": "WA", "in washington": "WA", "washington": "WA", "state of Washington": "WA", "Puerto Rico": "PR",
    "guam": "GU", "us virgin islands": "VI", "american samoa": "AS", "saipan": "MP", "the CNMI court": "MP", "Hawai'i": "HI",
    "rhode island": "RI", "i am in new hampshire": "NH", "what are georgia's laws": "GA", "georgia": "GA", "in virginia": "VA",
    "virginia court": "VA", "atlanta georgia": "GA", "arlington virginia": "VA", "kansas": "KS", "arkansas": "AR", "Oklahoma": "OK",
    "Oregon, since 2019": "OR", "maine": "ME", "i think it was delaware": "DE", "restraining order nevada": "NV", "wyoming i guess": "WY",
    "(Vermont)": "VT", "california restraining order dismissal form": "CA", "got a tro in montana": "MT", "en Nevada": "NV",
    # spoken and short forms
    "cali": "CA", "socal": "CA", "im in cali": "CA", "jersey": "NJ", "in jersey": "NJ", "N.J.": "NJ", "n.y.": "NY", "in D.C.": "DC",
    "mass": "MA", "court in mass": "MA", "in penn": "PA", "conn": "CT", "tenn": "TN",
    # two letters
    "tx": "TX", "TX": "TX", "im in tx": "TX", "i'm in FL": "FL", "filed in nj": "NJ", "WA state": "WA", "NY": "NY", "ny": "NY",
    "how do i drop a restraining order tx": "TX", "nj restraining order": "NJ", "got a PFA, NJ": "NJ", "final FRO in NJ": "NJ", "court in CT": "CT",
    "the order is from CO": "CO", "i live in oh": "OH", "i live in OH.": "OH", "Dayton, OH": "OH", "Xenia, OH": "OH", "pittsburgh pa": "PA",
    "my order is in pa and i want it gone": "PA", "im in ma": "MA", "living in al.": "AL", "we live in ok": "OK", "Tulsa, OK": "OK", "OH": "OH",
    "PA": "PA", "pa": "PA", "ma": "MA", "MA": "MA", "ID": "ID", "OR": "OR", "la": "LA", "cleveland oh": "OH", "indianapolis in": "IN",
    "indianapolis, IN": "IN", "Boise, ID": "ID", "portland or": "OR", "Portland, OR": "OR", "portland me": "ME", "springfield il": "IL",
    "Springfield, MA": "MA", "kansas city mo": "MO", "columbus ga": "GA", "new orleans, la": "LA", "i moved to de.": "DE",
    # what the order is called
    "i got a 209A": "MA", "209a": "MA", "a 258E order": "MA", "FAPA": "OR", "my 50B": "NC", "50c order against me": "NC", "peace order": "MD",
    "injunction for protection": "FL", "a personal protection order": "MI", "OFP": "MN", "my ex has an FRO on me": "NJ", "VPO": "OK",
    "victim protective order": "OK", "civil stalking injunction": "UT", "plenary order of protection": "IL", "stalking no contact order": "IL",
    "interpersonal protective order": "KY", "disorderly conduct restraining order": "ND", "protection from intimidation": "PA",
    "mandatory protection order": "CO", "anti-stalking order": "DC", "personal safety order": "WV", "abuse prevention order": "MA",
    "antiharassment order": "WA", "family offense petition": "NY",
    # towns and counties
    "in dallas": "TX", "Dallas": "TX", "dallas county": "TX", "cook county": "IL", "Cook County IL": "IL", "maricopa county": "AZ", "los angeles": "CA",
    "LA county": "CA", "philly": "PA", "nyc": "NY", "brooklyn": "NY", "the bronx": "NY", "in queens": "NY", "vegas": "NV", "houston": "TX",
    "san antonio": "TX", "chicago": "IL", "st louis": "MO", "St. Paul": "MN", "seattle": "WA", "miami-dade": "FL", "Prince George's County": "MD",
    "virginia beach": "VA", "iowa city": "IA", "michigan city": "IN", "texas city": "TX", "colorado springs": "CO", "oklahoma city": "OK",
    "in austin": "TX", "from charlotte": "NC", "denver police": "CO", "salt lake": "UT", "orleans parish": "LA", "anchorage": "AK", "honolulu": "HI",
    "fort bragg": "NC", "winston-salem": "NC", "st. petersburg": "FL",
    # misspelt
    "misouri": "MO", "missourri": "MO", "pensylvania": "PA", "pennsilvania": "PA", "i live in tennesee": "TN", "north carolna": "NC", "new jersy": "NJ",
    "conneticut": "CT", "massachusets": "MA", "massachussetts": "MA", "califronia": "CA", "californa": "CA", "michagan": "MI", "missisippi": "MS",
    "lousiana": "LA", "illinios": "IL", "wisconson": "WI", "virgina": "VA", "west virgina": "WV", "flordia": "FL", "oklahom": "OK", "minesota": "MN",
    "nebrasca": "NE", "arizonna": "AZ", "new hamshire": "NH", "new mexcio": "NM", "rhode iland": "RI", "south dakoda": "SD", "kentuckey": "KY",
    "georgai": "GA", "marylnad": "MD", "alabma": "AL", "colorodo": "CO", "delawere": "DE", "vermot": "VT", "hawai": "HI", "oregan": "OR",
    # two states
    "my order is from Ohio but I live in Texas now": "OH TX", "i live in texas, the order was filed in ohio": "OH TX", "order from Ohio, live in Texas": "OH TX",
    "michigan but i live in indiana now": "MI IN", "moved from ohio to texas": "OH TX", "TPO from nevada but we both live in arizona now": "NV AZ",
    "I live in Oregon but the order is from Idaho": "ID OR", "he lives in pa and i live in nj. my tro is from nj": "NJ PA",
    "I have a final order on my ex from New Jersey and I live in Oregon now. Can an Oregon judge end it?": "NJ OR",
    "i got a TRO in nevada and im going to my mom's in utah": "NV UT", "I'm in Georgia. She filed a petition in Alabama.": "AL GA",
    "not ohio, michigan": "MI", "no i said texas not tennessee": "TX",
}  # fmt: skip

NOT_NAMED = (
    # words that are codes
    "ok", "OK", "Ok.", "hi", "HI", "oh", "oh he called me", "me", "or", "in", "as", "id", "is it in or out", "they took my id", "put it in me",
    "believe in me", "he lied about me and my mom", "hi im new here", "ok so what now", "HELP ME PLEASE", "HE PUT IT ON ME OR MY SON", "he lied on ME",
    "tell me, OK?", "OH no", "my ma told me", "pa died", "la la la", "al called", "in or near the court", "am i in or am i out", "not me or him",
    "what is a de facto order", "i am as good as dead", "i work in HI tech or so", "give me the ID number", "in la", "i'm in LA", "what are the rules in la",
    # codes that mean something else
    "the VA said no", "VA hospital", "Ms Smith", "MS Jones is the judge", "the MD wrote a note", "a PR bond", "il call you", "my co parent", "ct date",
    "the DA dropped it", "i have no ma", "court at 9 am", "we met at 5 pm", "his bm filed", "mo money", "im ok in here",
    # people
    "my ex dallas filed", "my girlfriend virginia filed a tro", "georgia put an order on me", "austin hit me", "madison lied", "charlotte wants it dropped",
    "my ex savannah", "orlando is my ex", "my daughter brooklyn is scared", "cheyenne got an order against me", "my wife's name is Carolina", "his name is denver",
    # in several states
    "Portland", "Springfield", "Kansas City", "columbus", "in aurora", "orange county", "washington county", "jefferson county",
    "fulton county", "wilmington", "jackson", "i live in rochester", "in charleston", "greenville", "in columbia", "salem", "lexington", "richmond court",
    # names of orders used in several states
    "PFA", "my ex took a pfa out on me", "tpo", "a TRO", "order of protection", "protective order", "restraining order", "DVPO", "PPO", "EPO", "CPO", "no contact order",
    "injunction", "relief from abuse", "DVRO", "harassment order",
    # streets, sports, other
    "1234 Virginia Ave", "he lives on Florida Street", "Washington Post", "new york times", "texas roadhouse", "sunday mass", "i am indian", "my mission", "organ donor",
    "what is the district attorney", "british columbia", "mexico", "my kids are missing", "i want it deleted", "", "   ", "?", "12/5", "drop it",
)  # fmt: skip


def codes(text):
    return " ".join(place.code for place in place_names.find(text))


@pytest.mark.parametrize("text", NAMED)
def test_named(text):
    assert codes(text) == NAMED[text]


@pytest.mark.parametrize("text", NOT_NAMED)
def test_not_named(text):
    assert codes(text) == ""


def test_table_is_long_enough():
    assert len(NAMED) + len(NOT_NAMED) >= 150


@pytest.mark.parametrize("code", sorted(place_names.codes()))
def test_every_state_by_its_name(code):
    name = STATES.packs[code].name
    for text in (name, name.lower(), f"i live in {name}", f"the order is from {name}."):
        assert codes(text) == code, text


@pytest.mark.parametrize("code", sorted(place_names.codes() - {"LA", *place_names.WORDS}))
def test_every_safe_code(code):
    for text in (code, code.lower(), f"in {code}", f"im in {code.lower()}", f"an order from {code}"):
        assert codes(text) == code, text


def test_places_are_in_one_list_only():
    """A name in two states would be decided by the order of the file."""
    seen = {}
    rows = [(name, code) for code, kinds in place_names.data()["states"].items() for names in kinds.values() for name in names or ()]
    rows += [(name, "ambiguous") for name in place_names.data()["ambiguous"]]
    for name, code in rows:
        assert name not in seen, (name, code, seen[name])
        assert name == name.lower()
        seen[name] = code


def test_names_of_orders_are_those_of_one_state():
    """A nickname of an order must not be in the name of another state's order."""
    packs = STATES.packs
    names = {
        code: " | ".join(
            str(f.value) for field in ("dv_order_names", "harassment_order_names") for f in pack.facts.get(field, ())
        ).lower()
        for code, pack in packs.items()
    }
    for code, kinds in place_names.data()["states"].items():
        for order in kinds.get("orders") or ():
            others = [c for c, text in names.items() if c != code and f" {order} " in f" {text} "]
            assert not others, (order, others)


def test_entity_has_the_agreed_form():
    message = Message(data={TEXT: "order from Ohio, live in Texas", ENTITIES: [{"entity": "role", "value": "restrained"}]})
    PlaceExtractor().process([message])
    assert message.get(ENTITIES)[1:] == [
        {"entity": "state", "value": "OH", "start": 11, "end": 15, "confidence": 1.0, "extractor": "PlaceExtractor"},
        {"entity": "state", "value": "TX", "start": 25, "end": 30, "confidence": 1.0, "extractor": "PlaceExtractor"},
    ]


def test_never_raises_and_leaves_payloads_alone(monkeypatch):
    payload = Message(data={TEXT: '/inform{"state": "TX"}'})
    PlaceExtractor().process([payload])
    assert not payload.get(ENTITIES)
    monkeypatch.setattr(place_names, "find", lambda text: 1 / 0)
    message = Message(data={TEXT: "in texas"})
    PlaceExtractor().process([message])
    assert message.get(ENTITIES) == []
    empty = Message(data={})
    assert PlaceExtractor().process([empty]) == [empty]


@pytest.mark.parametrize("text", ["\u200b", "ñandú" * 300, "in " * 2000, "TX " * 500, "🙂🙂 texas 🙂", "a.b.c. d.c. n.y.", "\n\t\x00"])
def test_odd_text(text):
    assert isinstance(place_names.find(text), list)


def test_fast():
    """2 ms a message on average; a shared machine gets some room."""
    texts = list(NAMED) + [text for text in NOT_NAMED if text]
    place_names.find("warm up")
    start = time.perf_counter()
    for text in texts:
        place_names.find(text)
    assert (time.perf_counter() - start) / len(texts) < 0.004
