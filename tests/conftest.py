"""How many processes share the tests."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For the whole suite one a core, four at most; for some of it none, so that it begins at once.

    A number after `-n` on the command line has the last word.
    """
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(4, os.cpu_count() or 1) if whole else 0
