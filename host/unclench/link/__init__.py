"""Bytes to frames: transports by URL, a decoder that knows no port, handshake, virtual board."""
