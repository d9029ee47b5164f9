"""The pure scheduling core: values in, values out; no clock, no input or output, no randomness."""
