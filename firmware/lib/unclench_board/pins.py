"""Which pins of the Pico are used (GPIO numbers); what hardware/ draws is held to them."""

ADC_PINS = (26, 27, 28)  # RAW of sensor 1, 2, 3: inputs 0, 1, 2 of the converter
PROMPT_PIN = 22  # held low (to the GND beside it) at power-on: no program, only the prompt
LIGHT_PIN = 25  # on a Pico W the light hangs on the radio instead
