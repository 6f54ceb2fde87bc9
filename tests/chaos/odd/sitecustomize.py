"""An odd machine, for processes that find this module on their path: CHAOS_SLOW lets every flush and link take a while longer,
CHAOS_CLOCK names a file with the seconds by which the clock is off."""

import os
import time

if "CHAOS_SLOW" in os.environ:
    _fsync, _link = os.fsync, os.link

    def _slow_fsync(*arguments, **options):
        time.sleep(0.03)
        return _fsync(*arguments, **options)

    def _slow_link(*arguments, **options):
        time.sleep(0.03)
        return _link(*arguments, **options)

    os.fsync, os.link = _slow_fsync, _slow_link

if "CHAOS_CLOCK" in os.environ:
    _time, _time_ns, _file = time.time, time.time_ns, os.environ["CHAOS_CLOCK"]

    def _off():
        with open(_file) as told:
            return int(told.read() or 0)

    time.time = lambda: _time() + _off()
    time.time_ns = lambda: _time_ns() + _off() * 10**9
