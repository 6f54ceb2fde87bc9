"""The probability that a contact on a channel reaches the right person, with bounds, reasons and an order of channels."""
