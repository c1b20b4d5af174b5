"""The train tab, whose networks are played."""

import pytest
from support.browser_server import ROOT, Server


@pytest.fixture(scope="module")
def played(chromium_path, tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("played"),
        program=("-m", "support.training"),
        PLAYED_SECONDS="5",
        PYTHONPATH=f"{ROOT / 'tests'}:{ROOT}",
    )
    server.start()
    yield server
    server.stop()
