"""The training's pages: each shows plain values and says by signals what a person wants."""
