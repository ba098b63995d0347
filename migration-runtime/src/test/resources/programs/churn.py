"""Multiplies matrices in threads and prints 1, 2, 3 ... while every result is right."""
import threading
import time
import zlib

import numpy

wrong = []
done = [0] * 3


def multiply(worker):
    random = numpy.random.default_rng(worker)
    left, right = random.integers(0, 1000, (2, 96, 96))
    floats = random.random((160, 160))
    expected = None
    while True:
        product = left @ right
        found = zlib.crc32(product.tobytes()), zlib.crc32((floats @ floats.T).tobytes())
        if expected is None:
            expected = found
        if found != expected:
            wrong.append(f"worker {worker} found {found} instead of {expected}")
        done[worker] += 1


for worker in range(len(done)):
    threading.Thread(target=multiply, args=(worker,), daemon=True).start()
line = 0
before = list(done)
while True:
    time.sleep(0.005)
    if min(done) > min(before):
        before = list(done)
        line += 1
        print(wrong[0] if wrong else line, flush=True)
