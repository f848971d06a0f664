"""Peer of bench/analysis.ts: SciPy's least_squares (lm, numeric Jacobian, Lambert W) and NumPy's statistics.

Reads {"curves": [{"v": [...], "i": [...], "start": [IL, ln I0, Rs, Gsh, a]}], "samples": n} and writes figures as JSON.
"""
import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import least_squares
from scipy.special import lambertw


def current(p, v):
    il, ln_i0, rs, g, a = p
    i0 = np.exp(ln_i0)
    divider = 1 + rs * g
    opening = (v + rs * (il + i0)) / divider
    w = lambertw(rs * i0 / (a * divider) * np.exp(opening / a)).real
    return (opening - a * w - v) / rs


def main():
    task = json.load(sys.stdin)
    curves = [(np.array(c["v"]), np.array(c["i"]), np.array(c["start"])) for c in task["curves"]]
    tolerance = task["tolerance"]
    squares = []
    began = time.process_time()
    for v, i, start in curves:
        fit = least_squares(
            lambda p: current(p, v) - i, start, method="lm", x_scale="jac",
            ftol=tolerance, xtol=tolerance, gtol=tolerance,
        )
        squares.append(2 * fit.cost)
    fit_seconds = time.process_time() - began
    samples = np.random.default_rng(1).normal(size=task["samples"])
    began = time.process_time()
    statistics = [samples.size, samples.mean(), samples.std(ddof=1), samples.min(), samples.max()]
    statistics.extend(np.quantile(samples, [0.25, 0.5, 0.75]))
    statistics_seconds = time.process_time() - began
    print(json.dumps({
        "version": scipy.__version__,
        "fitsPerSecond": len(curves) / fit_seconds,
        "sumsOfSquares": squares,
        "statisticsMs": statistics_seconds * 1000,
    }))


main()
