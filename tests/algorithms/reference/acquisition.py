"""Acquisition functions to 60 digits, for tests/algorithms/acquisition_test.cc.

usage: pip install mpmath==1.3.0 && python acquisition.py > acquisition.inc
"""

from mpmath import log, mp, mpf, ncdf, npdf

mp.dps = 60
print("// Made by acquisition.py. Mean, variance, best; log of the expected improvement and of the")
print("// probability of improvement.")
for z in (6, 2, 0.5, 0, -0.5, -3, -8, -20, -24.9, -25.1, -40, -300, -1e6):
    for deviation in (0.001, 1, 30):
        best = mpf("0.25")
        s = mpf(deviation)
        # The program receives doubles, so z is computed from the rounded numbers.
        mean, variance = float(best - mpf(z) * s), float(s * s)
        exact = (best - mpf(mean)) / mp.sqrt(mpf(variance))
        mp.dps = 60 if abs(z) < 1000 else 400
        expected = log(mp.sqrt(mpf(variance)) * (npdf(exact) + exact * ncdf(exact))) if z > -1000 else (
            log(mp.sqrt(mpf(variance))) - exact**2 / 2 - log(2 * mp.pi) / 2 - 2 * log(-exact)
            + log(1 - 3 / exact**2)
        )
        probability = log(ncdf(exact)) if z > -1000 else (
            -exact**2 / 2 - log(2 * mp.pi) / 2 - log(-exact) + log(1 - 1 / exact**2)
        )
        mp.dps = 60
        print(f"{{{mean!r}, {variance!r}, 0.25, {float(expected)!r}, {float(probability)!r}}},")
