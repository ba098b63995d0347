"""Changes the advice of a mapping all the time, which only smaps shows, and tells it."""
import itertools
import mmap
import time

DONTFORK, DOFORK = 10, 11

area = mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ)
for round in itertools.count(1):
    area.madvise(DONTFORK if round % 2 == 1 else DOFORK)
    print(round, flush=True)
    time.sleep(0.001)
