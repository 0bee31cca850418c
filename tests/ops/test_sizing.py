"""The calculation of ``python -m bench.speed.sizing``."""

from __future__ import annotations

import json

import pytest

from bench.speed.sizing import Assumed, Measured, main, measured_in, page, size

MEASURED = Measured(per_core=10, pod_mb=400, kb=20, turns=5)
ASSUMED = Assumed(turns=5, peak=4, busy=0.5, kept_hours=12, minutes=10, line_kb=30)


def test_the_arithmetic_by_hand():
    # 864,000 conversations of 5 turns: 50 turns per second, 200 at the peak; 5 per second and pod: 40 pods.
    big = size(864_000, MEASURED, ASSUMED)
    assert (big.mean, big.peak, big.pods, big.cores) == (50, 200, 40, 40 + 1 + 2)
    assert big.lines == 864_000 * 600 / 86_400 * 4
    assert big.memory_gb == pytest.approx(40 * 0.4 + 24_000 * 30e-6)
    assert big.stored_gb == pytest.approx(864_000 / 2 * 20e3 / 1e9)
    assert big.cost is None


def test_two_pods_at_least_and_more_with_more_people():
    small, more = size(1, MEASURED, ASSUMED), size(8_640_000, MEASURED, ASSUMED)
    assert small.pods == 2 and more.pods == 400 and more.cores == 400 + 1 + 4


def test_prices_are_the_operators():
    priced = Assumed(**{**ASSUMED.__dict__, "core_price": 0.05, "disk_price": 0.1})
    row = size(864_000, MEASURED, priced)
    assert row.cost == pytest.approx(43 * 730 * 0.05 + row.stored_gb * 0.1)
    assert "cost a month" in page(MEASURED, priced) and "cost a month" not in page(MEASURED, ASSUMED)


def step(**more):
    return {"turns": 100, "failures": 0, "p95": 200.0, "per_second": 20.0, "cores": 2.0, **more}


RECORD = {
    "ours": {"memory_mb": 420.0, "steps": [step(), step(per_second=30.0, cores=1.5), step(per_second=90.0, p95=301.0), step(per_second=80.0, failures=1)]},
    "growth": [{"conversations": 10_100, "size": 201.0}, {"conversations": 100, "size": 1.0}],
}  # fmt: skip


def test_what_bench_wrote_is_read():
    assert measured_in(RECORD) == Measured(per_core=20, pod_mb=420, kb=20, turns=Assumed.turns)


@pytest.mark.parametrize(
    "broken", [{}, {**RECORD, "growth": []}, {**RECORD, "ours": {"memory_mb": 1, "steps": [step(p95=999)]}}]
)
def test_half_a_measurement_is_none(broken):
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        measured_in(broken)


def test_the_command(tmp_path, capsys):
    figures = tmp_path / "performance.json"
    with pytest.raises(SystemExit):
        main(["--figures", str(figures)])
    assert "make bench" in capsys.readouterr().err
    figures.write_text(json.dumps(RECORD))
    main(["1000", "--figures", str(figures), "--measured-per-core", "7", "--peak", "3"])
    said = capsys.readouterr().out
    assert "1,000" in said and "per_core 7" in said and "peak 3" in said and "100,000" not in said
    main(["--measured-per-core", "7", "--measured-pod-mb", "400", "--measured-kb", "9", "--measured-turns", "6"])
    assert "10,000,000" in capsys.readouterr().out
