"""Work without a pause; print CLOCK_MONOTONIC and the work done to a file every millisecond: spinner.py FILE"""
import os
import sys
import time

out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
done = 0
due = 0
while True:
    for _ in range(200):
        pass
    done += 1
    now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    if now >= due:
        os.write(out, b"%d %d\n" % (now, done))
        due = now + 1_000_000
