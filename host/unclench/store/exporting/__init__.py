"""Sessions in formats that other programs read: EDF+, BDF+, CSV, Parquet."""

from unclench.store.exporting.files import FORMATS, Exported, export

__all__ = ["FORMATS", "Exported", "export"]
