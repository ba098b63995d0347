"""Print CLOCK_MONOTONIC to a file every millisecond: counter.py FILE RESIDENT_MIB

The resident memory holds no page of zeros, and nothing touches it again.
"""
import os
import sys
import time

out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
resident = bytearray(os.urandom(1 << 20)) * int(sys.argv[2])
while True:
    os.write(out, b"%d\n" % time.clock_gettime_ns(time.CLOCK_MONOTONIC))
    time.sleep(0.001)
