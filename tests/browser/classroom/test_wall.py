"""The wall of a class, seen from the back row: what hangs on it, what does not, and that it can be read."""

import json
import re

import numpy as np
import pytest
from support.lesson import SCRIBBLE, SEVEN, Lesson, guess_settings, trained
from support.screen import CONTRASTS, find_small_texts

from mnist_core.data.sample import load_sample
from mnist_core.ui.texts import load_texts

PROJECTOR = {"viewport": {"width": 1024, "height": 768}}
SLOW = 60_000
CODE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h3v3h-3z"/></svg>'
NETWORKS = [trained("class", 140, mnist=5700), trained("mnist", 142, mnist=9890), trained("both", 147, mnist=9760)]
STEPS = {
    "guess_first": ("guess", "bars", "why"),
    "our_handwriting": ("draw", "results"),
    "teach_it": ("guess", "training", "results"),
    "did_it_learn": ("guess", "draw", "results"),
    "fool_it": ("draw", "judge", "results"),
    "on_paper": ("collect", "results"),
    "questions": ("answer", "closed"),
}
# What of the wall lies outside the screen, or of a text outside its box.
OUTSIDE = """() => [...document.querySelectorAll("#class-wall *")].filter((node) => node.checkVisibility()
    && !node.closest(".wall-tiles, svg")).filter((node) => {
        const box = node.getBoundingClientRect();
        return box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1
            || node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "inline";
    }).map((node) => node.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="module")
def projector(new_tab):
    page = new_tab(PROJECTOR)
    page.set_default_timeout(SLOW)
    return page


@pytest.fixture
def lesson(server):
    return Lesson(server.url)


@pytest.fixture
def wall(projector, lesson):
    """The wall of a new room."""
    projector.unroute_all(behavior="ignoreErrors")
    projector.emulate_media(color_scheme="light")
    projector.goto(lesson.address)
    projector.wait_for_selector("#class-wall[data-count='0']")
    return projector


def wait_for_count(wall, count):
    wall.wait_for_selector(f"#class-wall[data-count='{count}']")


def wait_for_text(wall, text):
    wall.wait_for_function("(text) => document.querySelector('#class-wall').innerText.includes(text)", arg=text)


def tell(wall, **told):
    """Lets the wall be told what only the server says of an activity."""

    def answer(route):
        response = route.fetch()
        snapshot = response.json()
        if "activity" in snapshot:
            snapshot["activity"]["told"] = told
        route.fulfill(response=response, body=json.dumps(snapshot))

    wall.route("**/class/show_wall", answer)


def tiles(wall, group=""):
    return wall.locator(f"#class-wall {group} .wall-tiles .wall-tile").count()


def test_before_anybody_has_joined_it_says_how_to(wall, lesson):
    host = lesson.url.removeprefix("http://")
    assert wall.inner_text(".wall-address") == f"{host}/#class"
    assert wall.inner_text(".wall-huge") == lesson.code
    lesson.join()
    wall.wait_for_selector(".wall-join", state="hidden")
    assert wall.inner_text(".wall-code b") == lesson.code
    assert wall.inner_text(".wall-pupils").split() == ["1", "pupil"]


def test_where_only_this_computer_finds_the_page_the_server_says_where_others_do(projector, lesson):
    projector.unroute_all(behavior="ignoreErrors")
    answers = {"look_at_rooms": {"addresses": ["http://192.168.1.5:7860/"]}, "draw_code": {"svg": CODE}}
    asked = []

    def answer(route):
        asked.append(route.request.post_data_json)
        route.fulfill(json={"ok": True, **answers[route.request.url.rsplit("/", 1)[1]]})

    projector.route(re.compile("/class/(look_at_rooms|draw_code)$"), answer)
    projector.goto(lesson.address)
    projector.wait_for_selector(".wall-qr img")
    assert projector.inner_text(".wall-address") == "192.168.1.5:7860/#class"
    assert asked[-1] == {"text": f"http://192.168.1.5:7860/#class?code={lesson.code}"}


def test_drawings_hang_as_they_come_but_for_what_waits_and_what_is_hidden(wall, lesson):
    pupil = lesson.join()
    lesson.draw(pupil, 1)
    lesson.draw(pupil, 2)
    wait_for_count(wall, 2)
    assert tiles(wall) == 2
    lesson.draw(pupil, 3, SCRIBBLE)
    wait_for_count(wall, 3)
    assert tiles(wall) == 2
    lesson.direct("set_state", drawing=lesson.wall()["drawings"][0]["id"], state="hidden")
    wall.wait_for_function("() => document.querySelectorAll('#class-wall .wall-tile').length === 1")
    assert wall.get_attribute("#class-wall", "data-count") == "3"


def test_a_missed_drawing_is_for_the_class_to_read_until_the_results_name_it(wall, lesson):
    pupil = lesson.join()
    lesson.draw(pupil, 1)
    lesson.draw(pupil, 2, SEVEN, label=1)
    wait_for_count(wall, 2)
    missed = wall.locator(".wall-missed")
    assert missed.inner_text() == "The network missed these. Can you read them?"
    assert (tiles(wall), tiles(wall, ".wall-missed")) == (2, 1)
    assert missed.locator("canvas").get_attribute("aria-label") == "A drawing"
    lesson.step("results")
    wait_for_text(wall, "of 2 read")
    assert wall.inner_text(".wall-count") == "1\nof 2 read"
    assert "Meant as 1, read as 7." in wall.inner_text(".wall-worst")
    wall.click("[aria-label='Meant as 1, read as 7: 1']")
    assert tiles(wall, ".wall-cell") == 1
    assert not wall.is_visible(".wall-worst")
    wall.click(".wall-matrix [aria-pressed='true']")
    assert wall.is_visible(".wall-worst")


def test_it_says_what_devices_show_when_they_are_paused_and_when_the_room_has_ended(wall, lesson):
    lesson.join()
    texts = load_texts()
    wait_for_text(wall, texts["show_our_handwriting_draw"])
    lesson.direct("pause", isPaused=True)
    wait_for_text(wall, texts["show_paused"])
    lesson.direct("end_room")
    wait_for_text(wall, texts["wall_ended"])


def test_a_lost_connection_is_said_and_what_hangs_stays(wall, lesson):
    lesson.draw(lesson.join())
    wait_for_count(wall, 1)
    wall.route("**/class/show_wall", lambda route: route.abort())
    wall.wait_for_selector(".wall-away:not([hidden])")
    assert tiles(wall) == 1
    wall.unroute_all(behavior="ignoreErrors")
    wall.wait_for_selector(".wall-away", state="hidden")


def test_answers_are_counted_before_they_are_shown_beside_the_network_s(wall, lesson):
    pupils = [lesson.join() for _ in range(3)]
    images, labels = load_sample()
    lesson.start("guess_first", **guess_settings(images[np.flatnonzero(labels == 4)[0]].ravel()))
    for pupil, answer in zip(pupils, (4, 4, 9), strict=True):
        lesson.guess(pupil, answer)
    wait_for_text(wall, "3\nof 3 have answered")
    lesson.step("bars")
    wait_for_text(wall, "It was meant as a 4. The network answered 9.")
    rows = wall.locator(".wall-two-bars > div:not(.head)").all_inner_texts()
    assert [rows[4].split(), rows[9].split()] == [["4", "2", "35%"], ["9", "1", "61%"]]
    lesson.step("why")
    wait_for_text(wall, "Red: these pixels counted for 9.")


def test_networks_that_are_trained_stand_side_by_side(wall, lesson):
    lesson.join()
    tell(wall, teach={"state": "training", "networks": [NETWORKS[0], trained("mnist", share=0.62)]})
    lesson.start("teach_it", "training")
    wait_for_text(wall, "Training, 62%")
    assert "140\nof 150" in wall.inner_text("[data-network='class']")
    wall.unroute_all(behavior="ignoreErrors")
    tell(wall, teach={"state": "done", "networks": NETWORKS})
    lesson.step("results")
    wait_for_text(wall, "it reads 5 more of ours, and 1.3 in 100 of MNIST fewer")


def test_one_hand_s_bars_stand_one_below_another(wall, lesson):
    first, second = lesson.join(), lesson.join()
    lesson.start("did_it_learn", "draw")
    for pupil, number in ((first, 1), (second, 1), (first, 2)):
        lesson.draw(pupil, number)
    wait_for_count(wall, 3)
    hands = wall.locator(".wall-hand")
    assert [hands.nth(hand).locator(".wall-time").count() for hand in range(2)] == [2, 1]


@pytest.fixture(scope="module")
def full(server):
    """A room that is led through all steps, with something to show in each."""
    lesson = Lesson(server.url)
    lesson.pupils = [lesson.join() for _ in range(4)]
    return lesson


def show(lesson, wall, activity, step):
    """Leads a class to a step, with what it would have drawn and guessed by then."""
    images, labels = load_sample()
    image = images[np.flatnonzero(labels == 4)[0]].ravel()
    lesson.start(activity, **(guess_settings(image) if activity == "guess_first" else {}))
    number = 10 * lesson.wall()["activity"]["round"]
    for place, pupil in enumerate(lesson.pupils):
        if lesson.wall()["activity"]["takes_drawings"]:
            lesson.draw(pupil, number, label=7 if place else 1)
        if lesson.wall()["activity"]["num_choices"]:
            lesson.guess(pupil, place % 2)
    lesson.step(step)
    wall.wait_for_selector(f"[data-view='{activity}_{step}']")


@pytest.mark.parametrize(("activity", "step"), [(name, step) for name, steps in STEPS.items() for step in steps])
def test_every_step_can_be_read_from_the_back_row_and_names_nobody(projector, full, activity, step):
    projector.unroute_all(behavior="ignoreErrors")
    tell(projector, teach={"state": "done", "networks": [*NETWORKS, trained("sketchnet", 149, mnist=9956)]})
    projector.goto(full.address)
    projector.wait_for_selector("#class-wall[data-count]")
    show(full, projector, activity, step)
    assert find_small_texts(projector, 24) == []
    for scheme in ("light", "dark"):
        projector.evaluate("(isDark) => document.body.classList.toggle('dark', isDark)", scheme == "dark")
        texts = [text for text in projector.evaluate(CONTRASTS, "#class-wall *") if text["text"]]
        assert [text for text in texts if text["ratio"] < 7] == []
    words = set(re.findall(r"\w+", projector.inner_text("#class-wall").lower()))
    assert words & {text.lower() for key, text in load_texts().items() if key.startswith("animal_")} == set()
    assert projector.evaluate(OUTSIDE) == []
