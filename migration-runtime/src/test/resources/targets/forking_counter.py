"""Prints increasing numbers; once it has forked, it checks MIB of memory now and then, and so does its child.

usage: forking_counter.py MIB

SIGUSR1 makes it fork. It says "forked" then, and the child says "child" when its memory is what it was. Not before it
looks at its memory: whoever stalls the pages would keep it from forking.
"""
import os
import signal
import sys
import time
import zlib

memory = bytearray(b"live migration! " * 65536 * int(sys.argv[1]))
checksum = zlib.crc32(memory)
wanted = []
signal.signal(signal.SIGUSR1, lambda number, frame: wanted.append(number))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def say(words):
    os.write(1, (words + "\n").encode())


number = 0
forked = False
while True:
    number += 1
    say(str(number))
    if wanted:
        wanted.clear()
        if os.fork() == 0:
            say("child" if zlib.crc32(memory) == checksum else "memory of the child is not what it was")
            os._exit(0)
        say("forked")
        forked = True
    if forked and number % 500 == 0 and zlib.crc32(memory) != checksum:
        say("memory is not what it was")
        sys.exit(70)
    time.sleep(0.001)
