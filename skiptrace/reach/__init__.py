"""The probability that a contact reaches the right person, per channel, with bounds, reasons and an order."""
