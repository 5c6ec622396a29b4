"""The sensor unit as source: figures, drawings and calculations that make its documents."""
