"""Registers of the RP2040 that the acquisition uses; sections are those of its datasheet.

Whole addresses, not a base and offsets: from 2^30 on an integer is an object on MicroPython's heap,
and adding two of them while streaming would make a third.
"""

# Analog converter, section 4.9.6
ADC_CS = 0x4004C000
ADC_FCS = 0x4004C008
ADC_FIFO = 0x4004C00C
ADC_DIV = 0x4004C010

ADC_CS_EN = 1 << 0
ADC_CS_START_MANY = 1 << 3
ADC_CS_READY = 1 << 8
ADC_CS_AINSEL_SHIFT = 12
ADC_CS_RROBIN_SHIFT = 16

ADC_FCS_EN = 1 << 0
ADC_FCS_DREQ_EN = 1 << 3
ADC_FCS_EMPTY = 1 << 8
ADC_FCS_UNDER = 1 << 10  # sticky; write 1 to clear
ADC_FCS_OVER = 1 << 11  # sticky; write 1 to clear
ADC_FCS_THRESH_SHIFT = 24

ADC_DIV_INT_SHIFT = 8  # period of a conversion: 1 + INT cycles; 0: one after the other, 96 cycles
ADC_CLOCK_HZ = 48_000_000  # clk_adc comes from the USB PLL, section 2.15
ADC_CYCLES = 96  # of one conversion, section 4.9.2

# Direct memory access, section 2.5.7
DMA_CHANNELS = 0x50000000
DMA_CHANNEL_STRIDE = 0x40
DMA_CHAN_ABORT = 0x50000444

DMA_READ_ADDR = 0x00
DMA_WRITE_ADDR = 0x04
DMA_TRANS_COUNT = 0x08
DMA_CTRL_TRIG = 0x0C
DMA_AL1_CTRL = 0x10  # the same register; writing it starts nothing
DMA_AL2_WRITE_ADDR_TRIG = 0x2C  # writing it starts the channel

DMA_CTRL_EN = 1 << 0
DMA_CTRL_HIGH_PRIORITY = 1 << 1
DMA_CTRL_SIZE_HALFWORD = 1 << 2
DMA_CTRL_SIZE_WORD = 2 << 2
DMA_CTRL_INCR_READ = 1 << 4
DMA_CTRL_INCR_WRITE = 1 << 5
DMA_CTRL_RING_SIZE_SHIFT = 6  # RING_SEL 0: of the read addresses
DMA_CTRL_CHAIN_TO_SHIFT = 11  # to itself: to none
DMA_CTRL_TREQ_SHIFT = 15
DMA_CTRL_IRQ_QUIET = 1 << 21
DMA_CTRL_BUSY = 1 << 24
DREQ_ADC = 36  # section 2.5.3.1
TREQ_PERMANENT = 63

# Timer, section 4.6.5: 1 MHz from the crystal that also makes the converter's clock
TIMER_RAW_LOW = 0x40054028
