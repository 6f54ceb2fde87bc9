"""A slow disk: every flush and every link takes a while longer, in the processes that find this module on their path."""

import os
import time

_fsync, _link = os.fsync, os.link


def _slow_fsync(*arguments, **options):
    time.sleep(0.03)
    return _fsync(*arguments, **options)


def _slow_link(*arguments, **options):
    time.sleep(0.03)
    return _link(*arguments, **options)


os.fsync, os.link = _slow_fsync, _slow_link
