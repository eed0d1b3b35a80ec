"""The log: what it holds, how large it grows, what is said where it cannot be written."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from gui.logs import LARGEST_LOG, LOG_NAME, Logs


@pytest.fixture
def logs(tmp_path: Path, qapp):
    made = Logs(tmp_path, lambda error: None)
    yield made
    made.close()


def test_a_full_log_begins_anew_and_keeps_the_one_before(logs: Logs, tmp_path: Path) -> None:
    (tmp_path / LOG_NAME).write_text("x" * (LARGEST_LOG + 1), encoding="utf-8")
    logging.getLogger("gui").info("first")
    logging.getLogger("gui").info("second")
    assert [line.rsplit(": ")[-1] for line in logs.last_lines()] == ["first", "second"]
    assert (tmp_path / f"{LOG_NAME}.1").stat().st_size == LARGEST_LOG + 1


def test_a_log_that_fills_up_is_turned_while_it_is_open(logs: Logs, tmp_path: Path) -> None:
    logging.getLogger("gui").info("y" * (LARGEST_LOG + 1))
    logging.getLogger("gui").info("after")
    assert [line.rsplit(": ")[-1] for line in logs.last_lines()] == ["after"]


def test_a_log_that_is_not_full_goes_on(logs: Logs, tmp_path: Path) -> None:
    (tmp_path / LOG_NAME).write_text("before\n", encoding="utf-8")
    logging.getLogger("gui").info("after")
    assert logs.last_lines()[0] == "before"
    assert len(logs.last_lines()) == 2
    assert not (tmp_path / f"{LOG_NAME}.1").exists()


def test_a_folder_that_is_gone_is_no_reason_to_speak(
    tmp_path: Path, qapp, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = Logs(tmp_path / "nowhere", lambda error: None)
    try:
        logging.getLogger("gui").info("lost")
        assert logs.last_lines() == []
        assert capsys.readouterr().err == ""
    finally:
        logs.close()
