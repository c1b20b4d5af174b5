"""Server and child speak in JSON; a child that dies, hangs or chatters is noticed, and none outlives the server."""

import logging
import os
import sys
import time

import pytest
from support.library import wait_until
from support.models import run_python
from support.processes import is_running

from mnist_core.services.child_process import ChildEndedError, ChildProcess, name_command

# The first message says which of these is to be done.
CHILD = """
import logging, os, sys, time
from mnist_core.services.child_process import run_child

def work(parent):
    task = parent.receive()["task"]
    if task == "answer":
        while message := parent.receive(60):
            parent.send({"answer": 2 * message["number"]})
    if task == "describe":
        parent.send({"folder": os.getcwd(), "threads": os.environ["OMP_NUM_THREADS"], "nice": os.nice(0)})
    if task == "print":
        print("chatter")
        os.system("echo more of it")
        parent.send({"printed": True})
    if task == "log":
        logging.getLogger("mnist_core.any").info("nobody need know")
        try:
            1 / 0
        except ZeroDivisionError:
            logging.getLogger("mnist_core.any").exception("it went wrong")
        parent.send({"logged": True})
    if task == "raise":
        raise RuntimeError("out of paper")
    if task == "flood":
        for _ in range(30):
            sys.stderr.write("x" * 1_000_000)
        print("\\nthe last line", file=sys.stderr)
        sys.exit(3)
    if task == "exit":
        os._exit(3)
    if task == "die":
        os.kill(os.getpid(), 9)
    if task == "idle":
        assert parent.receive(0.05) is None
    if task == "hang":
        parent.send({"process": os.getpid()})
        time.sleep(60)

run_child(work)
"""


@pytest.fixture
def start():
    children = []

    def start(task="answer", **options):
        children.append(ChildProcess([sys.executable, "-c", CHILD], **options))
        children[-1].send({"task": task})
        return children[-1]

    yield start
    for child in children:
        child.kill()


# What they say


def test_each_message_is_answered_in_turn(start):
    child = start()
    for number in range(3):
        child.send({"number": number})
    assert [child.receive(30)["answer"] for _ in range(3)] == [0, 2, 4]
    assert child.is_alive


def test_texts_of_all_kinds_arrive(start):
    child = start()
    child.send({"number": "é\n\u2028\udcff"})
    assert child.receive(30)["answer"] == 2 * "é\n\u2028\udcff"


def test_a_child_runs_where_the_project_is_with_one_thread(start, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    described = start("describe").receive(30)
    assert os.path.isfile(os.path.join(described["folder"], "app.py"))
    assert described["threads"] == "1"


@pytest.mark.skipif(not hasattr(os, "nice"), reason="asks how nice a process is")
def test_all_others_come_before_a_child_in_the_background(start):
    niceness = [start("describe", is_background=is_background).receive(30)["nice"] for is_background in (False, True)]
    assert niceness == [os.nice(0), max(os.nice(0), 10)]


def test_what_else_is_printed_is_no_message(start):
    assert start("print").receive(30) == {"printed": True}


def test_lines_that_are_no_objects_are_passed_over():
    child = ChildProcess([sys.executable, "-c", "print('hello'); print(5); print('{\"a\": 1}')"])
    assert child.receive(30) == {"a": 1}


def test_what_a_child_logs_comes_to_the_servers_log(start, caplog):
    assert start("log").receive(30) == {"logged": True}
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "it went wrong" in record.getMessage()
    assert "ZeroDivisionError" in record.getMessage()


# How they end


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("raise", "RuntimeError: out of paper"),
        ("flood", "the last line"),
        ("exit", "exit code 3"),
        ("die", "exit code -9"),
        ("idle", "exit code 0"),
    ],
)
def test_a_child_that_has_ended_says_why(start, task, reason):
    child = start(task)
    for _ in range(2):
        with pytest.raises(ChildEndedError) as caught:
            child.receive(60)
        assert str(caught.value) == reason
    assert not child.is_alive
    with pytest.raises(ChildEndedError):
        child.send({"number": 1})


def test_a_child_that_says_nothing_can_be_waited_for_again_or_killed(start):
    child = start("hang")
    process = child.receive(30)["process"]
    for _ in range(2):
        with pytest.raises(TimeoutError, match=r"no answer for 0\.05 seconds"):
            child.receive(0.05)
    assert child.is_alive
    started = time.monotonic()
    child.kill()
    assert time.monotonic() - started < 10
    assert not is_running(process)


def test_what_cannot_be_started_is_an_error():
    with pytest.raises(OSError, match="nowhere"):
        ChildProcess(["/nowhere/python"])


def test_a_module_that_is_not_there_says_so():
    with pytest.raises(ChildEndedError, match=r"No module named mnist_core\.nothing"):
        ChildProcess(name_command("mnist_core.nothing")).receive(30)


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for a process by number")
@pytest.mark.parametrize("end", ["sys.exit()", "os.kill(os.getpid(), 15)", "os.kill(os.getpid(), 9)"])
def test_no_child_outlives_the_server_however_that_ends(end):
    code = f"""
import os, sys
from mnist_core.services.child_process import ChildProcess
child = ChildProcess([sys.executable, "-c", sys.argv[1]])
child.send({{"task": "hang"}})
print(child.receive(30)["process"], flush=True)
{end}
"""
    process = int(run_python(code, CHILD).stdout)
    wait_until(lambda: not is_running(process), 20)
