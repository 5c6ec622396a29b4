"""Import recordings of other programs as session folders."""

from unclench.importing.bring_in import FORMATS, Imported, import_file
from unclench.importing.found import Asked

__all__ = ["FORMATS", "Asked", "Imported", "import_file"]
