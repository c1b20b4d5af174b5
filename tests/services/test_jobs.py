"""Long computations run one after another in processes of their own, and what went wrong with one is told."""

import dataclasses
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.library import SHIPPED, StandIn, wait_for, wait_until
from support.processes import is_running

from mnist_core.services import jobs as module
from mnist_core.services.jobs import Job, Jobs


@pytest.fixture
def program(monkeypatch, tmp_path):
    program = StandIn(monkeypatch, tmp_path)
    yield program
    program.release()


@pytest.fixture
def jobs(program):
    return Jobs(None, program.cache_dir)


# How it is called


def test_a_job_is_one_run_of_the_program_which_is_told_what_to_compute(program, jobs):
    wait_for(jobs.ask("train", SHIPPED))
    (_, _, _, question, _), _ = program.log
    cache = str(program.cache_dir)
    assert question == {"split": "train", "model": str(SHIPPED.folder), "data": None, "cache": cache}
    assert program.events == ["begin train", "end train"]


def test_folders_are_those_of_the_server_wherever_a_job_runs(monkeypatch, program, tmp_path):
    monkeypatch.chdir(tmp_path)
    wait_for(Jobs(Path("data"), Path(program.cache_dir.name)).ask("train", SHIPPED))
    question = program.log[0][3]
    assert (question["data"], question["cache"]) == (str(tmp_path / "data"), str(program.cache_dir))


def test_a_job_leaves_the_other_processors_to_those_who_draw(program, jobs):
    wait_for(jobs.ask("train", SHIPPED))
    assert program.log[0][4] == "1"


# One at a time


def test_two_asks_are_one_job(program, jobs):
    first = jobs.ask("wait", SHIPPED)
    wait_until(lambda: program.log)
    assert jobs.ask("wait", SHIPPED) is first
    program.release()
    assert jobs.ask("wait", SHIPPED) is wait_for(first)
    assert program.events == ["begin wait", "end wait"]


def test_asks_of_many_threads_are_one_job(program, jobs):
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda _: jobs.ask("train", SHIPPED), range(40)))
    wait_for(asked[0])
    assert len({id(job) for job in asked}) == 1
    assert program.events == ["begin train", "end train"]


def test_jobs_run_one_after_another_in_the_order_asked(program, jobs):
    asked = [jobs.ask(name, SHIPPED) for name in ("wait", "b", "a")]
    wait_until(lambda: program.log)
    time.sleep(0.2)
    assert program.events == ["begin wait"]
    program.release()
    list(map(wait_for, asked))
    assert program.events == ["begin wait", "end wait", "begin b", "end b", "begin a", "end a"]


def test_another_model_is_another_job(program, jobs, tmp_path):
    other = dataclasses.replace(SHIPPED, folder=tmp_path / "other")
    asked = [jobs.ask("train", SHIPPED), jobs.ask("train", other)]
    list(map(wait_for, asked))
    begun = [question["model"] for event, _, _, question, _ in program.log if event == "begin"]
    assert begun == [str(SHIPPED.folder), str(other.folder)]


def test_a_job_tells_its_share(program, jobs):
    job = jobs.ask("wait", SHIPPED)
    wait_until(lambda: job.share)
    assert (job.share, job.ended, job.problem) == (0.25, None, "")
    program.release()
    assert wait_for(job).share == 1


def test_a_job_can_be_asked_for_after_all_have_ended(program, jobs):
    wait_for(jobs.ask("a", SHIPPED))
    wait_until(lambda: not jobs._is_working)
    assert wait_for(jobs.ask("b", SHIPPED)).share == 1


def test_at_most_fifty_wait(program, jobs):
    asked = [jobs.ask(name, SHIPPED) for name in ("wait", *map(str, range(49)))]
    refused = jobs.ask("one more", SHIPPED)
    assert "Too many computations are waiting" in refused.problem
    assert jobs.ask("7", SHIPPED) is asked[8]
    assert not any(job.problem for job in asked)
    jobs._jobs = type(jobs._jobs)()  # nobody waits for them


# What goes wrong


@pytest.mark.parametrize(
    ("split", "reason"),
    [
        ("fail", "the disk is full"),
        ("fall_silent", "exit code 3"),
        ("die", "exit code -9"),
        ("fail_loudly", "the last line"),
    ],
)
def test_a_job_that_fails_says_why(program, jobs, split, reason):
    job = wait_for(jobs.ask(split, SHIPPED))
    assert job.problem == f"The model's answers could not be computed: {reason}"


def test_a_job_that_cannot_be_started_says_why(monkeypatch, program, jobs):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    job = wait_for(jobs.ask("train", SHIPPED))
    assert "could not be started" in job.problem
    assert "/no/such/python" in job.problem


def test_a_job_that_hangs_is_given_up(monkeypatch, program, jobs):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 3)
    problem = wait_for(jobs.ask("hang", SHIPPED)).problem
    assert problem == "The model's answers could not be computed: no answer for 3 seconds, so it was stopped."
    assert not is_running(program.log[0][2])


@pytest.mark.parametrize("split", ["fail", "die"])
def test_the_next_job_runs_after_one_that_went_wrong(program, jobs, split):
    asked = [jobs.ask(split, SHIPPED), jobs.ask("train", SHIPPED)]
    assert wait_for(asked[0]).ended
    assert wait_for(asked[1], 10).share == 1


@pytest.mark.parametrize("split", ["fail", "train"])
def test_what_has_ended_is_not_begun_again_at_once(program, jobs, split):
    ended = wait_for(jobs.ask(split, SHIPPED))
    assert jobs.ask(split, SHIPPED) is ended
    wait_for(jobs.ask("other", SHIPPED))
    assert program.events.count(f"begin {split}") == 1


def test_what_failed_is_tried_again_after_a_pause(monkeypatch, program, jobs):
    failed = wait_for(jobs.ask("fail", SHIPPED))
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0)
    again = jobs.ask("fail", SHIPPED)
    assert again is not failed
    assert wait_for(again).problem == failed.problem
    assert program.events == ["begin fail", "begin fail"]


def test_a_job_may_begin_again_only_long_after_it_ended():
    now = time.monotonic()
    assert not Job().may_begin_again
    assert not Job(ended=now - 30).may_begin_again
    assert Job(ended=now - 90).may_begin_again
