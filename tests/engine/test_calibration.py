import pytest

from chathakase.engine.model.calibration import BELIEVED, ESTIMATED, EXACT, LEAST, MOST, Calibration


def test_what_is_expected_of_a_model_that_reported_nothing() -> None:
    assert Calibration().ratio("m") == ESTIMATED
    assert Calibration(exact=True).ratio("m") == EXACT


def test_reports_move_the_ratio_of_their_model_alone() -> None:
    calibration = Calibration()
    for _ in range(20):
        calibration.learn("m", 1_000, 1_300)
    assert calibration.ratio("m") == pytest.approx(1.3, abs=0.01)
    assert calibration.ratio("other") == ESTIMATED


def test_one_odd_report_moves_it_a_little() -> None:
    calibration = Calibration(exact=True)
    calibration.learn("m", 1_000, 1_500)
    assert 1.0 < calibration.ratio("m") < 1.2


def test_it_stays_within_reason() -> None:
    calibration = Calibration()
    for _ in range(50):
        calibration.learn("small", 1_000_000, 1)
        calibration.learn("large", 1, 1_000_000)
    assert (calibration.ratio("small"), calibration.ratio("large")) == (LEAST, MOST)


@pytest.mark.parametrize(("estimated", "reported"), [(0, 10), (10, 0), (0, 0), (-1, 10)])
def test_what_was_not_counted_tells_nothing(estimated: int, reported: int) -> None:
    calibration = Calibration()
    calibration.learn("m", estimated, reported)
    assert calibration.ratio("m") == ESTIMATED


async def test_a_servers_limit_only_makes_a_window_smaller() -> None:
    calibration = Calibration()
    assert calibration.window("m", 8_192) == 8_192
    calibration.limit("m", 4_096)
    calibration.limit("m", 100_000)
    calibration.limit("m", 0)
    calibration.limit("m", 17)
    assert calibration.window("m", 8_192) == 4_096
    assert calibration.window("m", 2_048) == 2_048
    assert calibration.window("other", 8_192) == 8_192


def test_a_servers_limit_counts_for_an_hour() -> None:
    now = 0.0
    calibration = Calibration(clock=lambda: now)
    calibration.limit("m", 4_096)
    now = BELIEVED - 1
    assert calibration.window("m", 8_192) == 4_096
    now = BELIEVED + 1
    assert calibration.window("m", 8_192) == 8_192
    calibration.limit("m", 6_000)
    assert calibration.window("m", 8_192) == 6_000
