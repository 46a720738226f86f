"""Every wait of a visit by name, in seconds, with the reason for its length.

An item brings its own idle time and warning (`ServiceItem.idle_s`, `warning_s`); these are for the
situations outside an item. WCAG 2.2.1 asks for at least 20 s to answer a time-out warning.
"""

CHOOSING_IDLE_S = 60.0
"""Reading a page of services takes a slow reader most of a minute."""

WARNING_S = 30.0
"""Time to answer "are you still there?"."""

CARD_ORDER_S = 600.0
"""The reader is never the one to give up; the idle time of the item is."""

SCAN_ORDER_S = 600.0
"""The same for the scanner."""

CARD_LEFT_ORDER_S = 3600.0
"""A forgotten card is watched for an hour; after that the staff have long been told."""

FINISHED_S = 45.0
"""Time to take the paper and rate; then the visit ends as "not rated"."""

APOLOGY_S = 60.0
"""Time to read what happened and copy a receipt number."""

TAKE_CARD_S = 30.0
"""How long the machine calls out a card before it shows itself free for the next person."""

GOODBYE_S = 4.0
"""Long enough to be read, short enough not to make the next person wait."""

PRINTING_IDLE_S = 300.0
"""A net below the print desk's own limits: a print that nothing is heard of must not hold the screen for ever."""

ASKING_IDLE_S = 60.0
"""A net below the agent's own time limit for a register, in case the agent itself is stuck."""
