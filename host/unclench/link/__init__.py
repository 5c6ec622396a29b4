"""Bytes to frames: transports by URL, a decoder without a port, handshake, virtual board."""
