"""Convert a device's integer units to microvolts at the electrode, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench_dsp.arrays import FloatArray


def units_to_uv(
    units: NDArray[np.integer], zero_unit: float | FloatArray, uv_per_unit: float | FloatArray
) -> FloatArray:
    """Convert a device's units to microvolts at the electrode.

    Parameters
    ----------
    units : ndarray of int, shape (n_samples, n_channels)
    zero_unit : float or ndarray, shape (n_channels,)
        The unit that means 0 uV.
    uv_per_unit : float or ndarray, shape (n_channels,)

    Returns
    -------
    ndarray, shape (n_samples, n_channels)
    """
    emg_uv: FloatArray = np.subtract(units, zero_unit, dtype=np.float64)
    emg_uv *= uv_per_unit
    return emg_uv


def uv_to_units(
    emg_uv: FloatArray, zero_unit: float | FloatArray, uv_per_unit: float | FloatArray
) -> NDArray[np.int32]:
    """Convert microvolts to the nearest unit; reverses `units_to_uv` exactly.

    Parameters
    ----------
    emg_uv : ndarray, shape (n_samples, n_channels)
    zero_unit, uv_per_unit : float or ndarray, shape (n_channels,)

    Returns
    -------
    ndarray of int32, shape (n_samples, n_channels)

    Raises
    ------
    ValueError
        If a value does not fit into 32 bits.
    """
    units = np.rint(emg_uv / uv_per_unit + zero_unit)
    limits = np.iinfo(np.int32)
    if units.size and not (limits.min <= units.min() and units.max() <= limits.max):
        raise ValueError(
            f"Values from {np.min(emg_uv):g} to {np.max(emg_uv):g} uV do not fit into 32-bit units "
            f"of {uv_per_unit} uV: check the scale."
        )
    return units.astype(np.int32)
