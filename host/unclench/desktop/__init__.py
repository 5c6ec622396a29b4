"""The dashboard: the only place that imports Qt, always through `pyqtgraph.Qt`."""
