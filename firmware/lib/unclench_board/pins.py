"""Pins of the Pico in use (GPIO numbers); hardware/ draws its wiring from them."""

ADC_PINS = (26, 27, 28)  # RAW of sensor 1, 2, 3: inputs 0, 1, 2 of the converter
PROMPT_PIN = 22  # connected to the GND beside it at power-on: only the prompt starts
LIGHT_PIN = 25  # on a Pico W the light is connected to the radio chip instead
