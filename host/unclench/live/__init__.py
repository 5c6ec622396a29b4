"""The running pipeline: one thread owns the filters; rings, recorder and session look on."""
