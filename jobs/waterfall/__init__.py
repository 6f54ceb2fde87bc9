"""Asking sources about accounts: whom, at what price, and what came of it.

The room `skiptrace.waterfall` decides by tables. Here lie the facts it decides on, the requests that leave, the answers and bills that
come, and the ledger of all of it.
"""
