"""What the screens of a lesson ask, through the route: a whole lesson, and what nobody should send."""

import base64
import contextlib
import io
import itertools
from unittest import mock

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.answer_sheet import fill_in, photograph
from support.ink import SEVEN

from mnist_core.classroom import drawings
from mnist_core.errors import FAULT
from mnist_core.hosting.identity import Visitor, set_visitor
from mnist_core.hosting.settings import Settings
from mnist_core.models.devices import choose_device
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.reader import Reader
from mnist_core.services.rooms import Rooms
from mnist_core.services.run_queue import Limits
from mnist_core.services.runs import Runs
from mnist_core.ui.classroom.route import class_calls, class_route, sheet_route
from mnist_core.ui.wire import never_raise


class Class:
    """The route without the rest of the page, and short ways to ask."""

    def __init__(self, folder, settings, reader):
        self.rooms, self.runs = Rooms(folder), Runs(None, folder, Limits.of(settings))
        self.calls = class_calls(settings, reader, self.runs, self.rooms)
        self.client = TestClient(Starlette(routes=[sheet_route(), class_route(self.calls)]))

    def ask(self, name, **question):
        return self.client.post(f"/class/{name}", json=question).json()

    def get(self, name, **question):
        answer = self.ask(name, **question)
        assert answer.get("ok"), (name, answer)
        return answer

    def close(self):
        self.rooms.close()
        self.runs.close()


@pytest.fixture(scope="module")
def reader():
    return Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")


@pytest.fixture
def start(tmp_path, reader):
    with contextlib.ExitStack() as stack:

        def start(**settings):
            return stack.enter_context(contextlib.closing(Class(tmp_path, Settings(**settings), reader)))

        yield start


@pytest.fixture
def school(start):
    return start()


@pytest.fixture
def room(school):
    return school.get("open_room")


def join(school, room):
    """A device with its token, and the round that it sees."""
    device = school.get("join", code=room["code"])["device"]
    return {"device": device, "round": school.get("show_device", device=device)["activity"]["round"]}


def test_a_lesson(school, room):
    teacher, devices = room["teacher"], [join(school, room) for _ in range(3)]
    for device in devices:
        sent = school.get("submit", **device, number=1, strokes=SEVEN, label=7)
        assert (sent["reading"]["digit"], sent["reading"]["network"]) == (7, "sketchnet")
        assert "reading" not in school.get("submit", **device, number=1, strokes=SEVEN, label=7)
    assert school.get("show_wall", wall=room["wall"])["count"] == 3
    school.get("start_activity", teacher=teacher, activity="teach_it")
    device = join(school, room)
    school.get("guess", **device, answer=2)
    school.get("set_step", teacher=teacher, step="results")
    assert school.get("show_wall", wall=room["wall"])["activity"]["counts"] == [0, 0, 1]
    phone = school.get("open_controls", code=school.get("make_phone_code", teacher=teacher)["code"])["teacher"]
    assert school.get("show_teacher", teacher=phone)["num_controls"] == 2
    school.get("end_room", teacher=phone)
    assert school.ask("show_device", device=device["device"])["isGone"]


@pytest.mark.parametrize("level", ["linear", "lenet", "sketchnet"])
def test_the_network_that_is_to_be_fooled_reads(school, room, level):
    school.get("start_activity", teacher=room["teacher"], activity="fool_it", settings={"level": level})
    sent = school.get("submit", **join(school, room), number=1, strokes=SEVEN)
    assert sent["reading"]["network"] == level


OPEN_TO_ALL = {"look_at_rooms", "open_room", "hello", "look_at_devices", "draw_code"}


def test_a_pupils_token_opens_nothing_of_the_teachers(school, room):
    token = join(school, room)["device"]
    for name in sorted(set(school.calls) - OPEN_TO_ALL):
        answer = school.ask(name, teacher=token, code=token)
        assert not answer.get("ok"), name
        assert answer["error"] != FAULT
    assert "wall" in school.ask("show_wall", wall=token)["error"]


def test_a_real_digit_is_guessed_first(school, room):
    offers = school.get("offer_guesses", teacher=room["teacher"])["offers"]
    assert {offer["kind"] for offer in offers} == {"misread", "close"}
    assert all((offer["digit"] != offer["label"]) == (offer["kind"] == "misread") for offer in offers)
    device = join(school, room)["device"]
    school.get("start_guess", teacher=room["teacher"], id=offers[0]["id"])
    steps = {}
    for step in ("guess", "bars", "why"):
        school.get("set_step", teacher=room["teacher"], step=step)
        steps[step] = school.get("show_device", device=device)["activity"]["settings"]
    assert steps["guess"] == {"shown": {"image": offers[0]["image"]}}
    bars, why = steps["bars"]["bars"], steps["why"]["why"]
    assert (bars["digit"], bars["label"], bars["network"]) == (offers[0]["digit"], offers[0]["label"], "lenet")
    assert (why["for"], why["against"]) == (offers[0]["digit"], offers[0]["label"])
    pixels = np.frombuffer(base64.b64decode(why["map"]), np.int8)
    assert (pixels.size, np.abs(pixels).max()) == (784, 127)
    assert "offered" in school.ask("start_guess", teacher=room["teacher"], id=-1)["error"]


@pytest.mark.parametrize("form", ["npz", "ink"])
def test_a_class_set_goes_home_and_comes_back(school, room, form):
    for _ in range(2):
        school.get("submit", **join(school, room), number=1, strokes=SEVEN, label=7)
    downloaded = school.get("download_class", teacher=room["teacher"], form=form)
    later = school.get("open_room")
    school.get("add_class_set", teacher=later["teacher"], file=downloaded["file"])
    assert school.get("show_teacher", teacher=later["teacher"])["class_set"]["earlier"] == [2]
    assert school.get("download_class", teacher=later["teacher"], form="png")["type"] == "image/png"


def test_a_photographed_sheet_becomes_drawings_of_one_more_pupil(school, room, sample):
    photo = io.BytesIO()
    photograph(fill_in(sample, num_each=1)[0]).save(photo, "JPEG", quality=85)
    picture = base64.b64encode(photo.getvalue()).decode()
    assert "Start the activity" in school.ask("read_sheet", teacher=room["teacher"], picture=picture)["error"]
    school.get("start_activity", teacher=room["teacher"], activity="on_paper")
    assert school.get("read_sheet", teacher=room["teacher"], picture=picture)["num"] == 10
    wall = school.get("show_wall", wall=room["wall"])
    assert (wall["count"], wall["room"]["num_pupils"], wall["summary"]["num_labelled"]) == (10, 1, 10)
    assert wall["summary"]["num_read"] >= 9
    assert "picture" in school.ask("read_sheet", teacher=room["teacher"], picture="!")["error"]
    with mock.patch.object(drawings, "MOST_OF_ROOM", 15):  # the second sheet has no place in the middle
        assert "no room" in school.ask("read_sheet", teacher=room["teacher"], picture=picture)["error"]
    wall = school.get("show_wall", wall=room["wall"])
    assert (wall["count"], wall["room"]["num_pupils"]) == (10, 1)
    assert school.client.get("/class/sheet.pdf").content.startswith(b"%PDF")


def test_codes_cannot_be_guessed_and_a_school_behind_one_address_may_mistype(school, room):
    for _ in range(250):
        assert school.ask("join", code="BBBBBBB")["isGone"]
    school.get("join", code=room["code"])
    answers = [school.ask("list_pupils", code="BBBBBBB") for _ in range(60)]
    assert "Too many wrong codes" in answers[-1]["error"]
    assert "isGone" not in answers[-1]
    assert "Too many wrong codes" in school.ask("join", code=room["code"])["error"]


def test_two_hundred_join_and_each_has_an_animal(school, room):
    devices = [school.get("join", code=room["code"])["device"] for _ in range(200)]
    assert len(set(devices)) == 200
    pupils = school.get("list_pupils", code=room["code"])["pupils"]
    assert len({(pupil["animal"], pupil["number"]) for pupil in pupils}) == 200


def test_more_ink_than_a_digit_needs_is_refused_and_a_hand_with_many_points_is_not(school, room):
    device, rng = join(school, room), np.random.default_rng(0)
    slow = np.stack([np.linspace(0, 300, 10_000), 100 * np.sin(np.linspace(0, 9, 10_000))], axis=1)
    assert school.get("submit", **device, number=1, strokes=[slow.tolist()])["reading"]
    scribble = rng.uniform(0, 300, (10_000, 2)).tolist()
    assert "Clear the pad" in school.ask("submit", **device, number=2, strokes=[scribble])["error"]
    assert school.get("show_wall", wall=room["wall"])["count"] == 1


ODD = [None, "x" * 30, "7", -1, 10**30, 1.5, True, [[]], {"x": [1]}, [[[1e308, 0]]]]
FIELDS = [
    *(["device"], ["teacher", "wall"], ["code"], ["round"], ["pupil", "drawing", "request", "since"]),
    *(["strokes"], ["image"], ["number", "question", "step", "text", "live", "isLocked", "isPaused"]),
    *(["id"], ["form"], ["file"], ["name"], ["picture"]),
    *(["answer", "label", "counts", "state", "activity"], ["settings", "isGranted"]),
]


def test_whatever_is_sent_is_answered_by_a_sentence(school, room):
    valid = {**join(school, room), "teacher": room["teacher"], "wall": room["wall"], "code": room["code"], "text": "7"}
    valid |= {"strokes": SEVEN, "pupil": 1, "drawing": 1, "question": 1, "answer": 1, "activity": "fool_it"}
    valid |= {"request": 1, "state": "hidden", "step": "results", "settings": {}}
    ending = {"end_room", "close_other_controls", "leave", "pass_on", "remove_pupil", "add_pupil", "open_room"}
    calls = [school.calls[name] for name in sorted(set(school.calls) - ending)]
    for number, (call, fields, value) in enumerate(itertools.product(calls, FIELDS, ODD), 1):
        question = {**valid, "number": number, **dict.fromkeys(fields, value)}
        answer = never_raise(lambda message, call=call: call(message, "10.0.0.1"))(question)
        assert answer.get("error") != FAULT, question


@pytest.mark.parametrize("body", [b"[]", b"7", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_is_told(school, body):
    answer = school.client.post("/class/join", content=body).json()
    assert "JSON" in answer["error"]


def test_where_devices_find_the_server(start):
    at_home = start().get("look_at_rooms")
    assert (at_home["allowed"], at_home["isLocalOnly"], at_home["addresses"]) == (True, True, [])
    assert "--host 0.0.0.0" in at_home["reason"]
    in_class = start(host="10.1.2.3", port=7861).get("look_at_rooms")
    assert (in_class["isLocalOnly"], in_class["addresses"]) == (False, ["http://10.1.2.3:7861/"])
    public = start(public=True, training="off").get("look_at_rooms")
    assert (public["isLocalOnly"], public["training"]["allowed"]) == (False, False)


@pytest.mark.parametrize(("rooms", "words"), [("off", "switched off"), ("password", "owner")])
def test_rooms_may_be_closed_to_visitors(start, rooms, words):
    school = start(rooms=rooms)
    assert words in school.ask("open_room")["error"]
    looked = school.get("look_at_rooms")
    assert (looked["allowed"], words in looked["reason"]) == (False, True)


def test_the_owner_opens_a_room_where_others_may_not(start):
    school = start(rooms="password")
    set_visitor(Visitor(is_owner=True))
    try:
        assert school.calls["open_room"]({}, "")["code"]
    finally:
        set_visitor(Visitor())


def test_a_code_for_phones_is_drawn(school):
    svg = school.get("draw_code", text="http://192.168.1.5:7860/#class?code=BCDFGHJ")["svg"]
    assert svg.startswith("<svg")
    assert "viewBox" in svg
    assert "letters" in school.ask("draw_code", text="x" * 400)["error"]


def test_devices_say_hello_and_pupils_do_not_see_those_of_others(school, room):
    assert school.get("hello", live=True)["address"] == "testclient"
    school.calls["hello"]({}, "10.0.0.7")
    own = {"address": "testclient", "seconds": 0, "live": True}
    assert school.get("look_at_devices", teacher=join(school, room)["device"])["devices"] == [own]
    assert len(school.get("look_at_devices", teacher=room["teacher"])["devices"]) == 2
    assert len(school.calls["look_at_devices"]({}, "127.0.0.1")["devices"]) == 2


def test_an_image_from_a_pupil_that_is_no_digit_waits_in_the_tray(school, room):
    noise = np.random.default_rng(0).integers(0, 256, 784, np.uint8)
    image = base64.b64encode(noise.tobytes()).decode()
    school.get("submit", **join(school, room), number=1, image=image, label=7)
    assert len(school.get("show_teacher", teacher=room["teacher"])["tray"]) == 1
    assert school.get("show_wall", wall=room["wall"])["drawings"] == []


def test_a_file_that_claims_millions_of_strokes_is_refused(school, room):
    stream = io.BytesIO()
    starts = np.zeros(1_000_000, np.int8)
    starts[-1] = 1
    arrays = {"points": np.zeros((1, 2)), "stroke_start": starts, "sample_start": np.array([0, 999_999])}
    np.savez_compressed(stream, y=np.array([3]), **arrays)
    file = base64.b64encode(stream.getvalue()).decode()
    assert "strokes" in school.ask("add_class_set", teacher=room["teacher"], file=file)["error"]
