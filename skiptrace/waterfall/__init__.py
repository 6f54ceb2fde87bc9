"""The waterfall: which source to ask next, for whom, and when to stop. Tables in, tables out; nothing is sent from here."""
