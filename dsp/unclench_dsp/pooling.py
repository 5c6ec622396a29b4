"""One effect from several sessions that are uncertain and also differ from each other.

Random effects: each session has its own effect around a common one. Restricted maximum likelihood
estimates how much they differ (Viechtbauer 2005, doi:10.3102/10769986030003261). The interval is
Hartung and Knapp's (2001, doi:10.1002/sim.1009), which is right even for few sessions, where the
usual normal interval is too narrow.
"""

from __future__ import annotations

import math

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.uncertainty import LogRatio

LEAST_SESSIONS = 3  # for an interval


def combine(log_values: FloatArray, ses: FloatArray) -> LogRatio:
    """Combine the effects of sessions.

    Parameters
    ----------
    log_values : ndarray, shape (n_sessions,)
        On a log scale, like `LogRatio.value`.
    ses : ndarray, shape (n_sessions,)
        Their standard errors, above 0.

    Returns
    -------
    LogRatio
        `n_blocks` is the number of sessions. With fewer than `LEAST_SESSIONS` there is a standard
        error but no interval. The interval is never narrower than that of a fixed effect with
        Student's t, even if few sessions agree by chance.

    Raises
    ------
    ValueError
        If there is no session, a value is not finite, or a standard error is not above 0.
    """

    from scipy import special

    n = log_values.size
    if n == 0 or ses.shape != log_values.shape:
        raise ValueError(
            f"There are {n} values and {ses.size} standard errors. Pass one of each per session."
        )
    good = np.isfinite(log_values) & np.isfinite(ses) & (ses > 0)
    if not good.all():
        at = int(np.flatnonzero(~good)[0])
        raise ValueError(
            f"Session {at} has the value {log_values[at]:g} with the standard error {ses[at]:g}. "
            "The value must be finite and the error above 0: leave this session out."
        )
    variances = np.square(ses)
    weights = 1 / (variances + _between(log_values, variances))
    value = float(weights @ log_values / weights.sum())
    if n == 1:
        return LogRatio(value, float(ses[0]), None, None, 1)
    spread = float(weights @ np.square(log_values - value)) / (n - 1)
    se = math.sqrt(max(1.0, spread) / float(weights.sum()))
    if n < LEAST_SESSIONS:
        return LogRatio(value, se, None, None, n)
    half = float(special.stdtrit(n - 1, 0.975)) * se
    return LogRatio(value, se, value - half, value + half, n)


def _between(values: FloatArray, variances: FloatArray) -> float:
    """Return the variance between sessions, by restricted maximum likelihood."""

    from scipy import optimize

    if values.size < 2:
        return 0.0

    def minus_log_likelihood(between: float) -> float:
        total = variances + between
        weights = 1 / total
        mean = weights @ values / weights.sum()
        squares = weights @ np.square(values - mean)
        return float(np.log(total).sum() + math.log(weights.sum()) + squares)

    most = 4 * float(values.var(ddof=1)) + 1e-12
    found = optimize.minimize_scalar(minus_log_likelihood, bounds=(0.0, most), method="bounded")
    # The search never reaches the edge itself.
    between = float(found.x)
    return between if minus_log_likelihood(between) < minus_log_likelihood(0.0) else 0.0
