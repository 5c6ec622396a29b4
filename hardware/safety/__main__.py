"""Prints the fault table: `python -m hardware.safety`."""

from __future__ import annotations

import argparse

from hardware.safety.faults import faults
from hardware.safety.leads import options
from hardware.safety.table import amount


def main() -> None:
    """Print every fault with its figures."""
    argparse.ArgumentParser(prog="python -m hardware.safety", description=__doc__).parse_args()
    print(f"{'worst':>9} {'typical':>9} {'limit':>6}  uA through the body, IEC 60601-1 type BF\n")
    for fault in faults():
        worst, typical, limit = map(amount, (fault.worst_a, fault.typical_a, fault.limit_a))
        print(f"{worst:>9} {typical:>9} {limit:>6}  {fault.kind} {fault.verdict}  {fault.name}")
    print("\nresistors in the electrode leads: input to REF, input to the laptop, noise")
    for option in options():
        driven = f"{amount(option.to_ref_a):>9} uA {amount(option.to_laptop_a):>9} uA"
        print(f"{driven} {option.noise_v * 1e6:>6.2f} uV  {option.name}")


if __name__ == "__main__":
    main()
