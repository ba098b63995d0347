"""Starts a program that is not told of the death of its parent: PR_SET_PDEATHSIG does nothing in it."""
import ctypes
import os
import struct
import sys

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
PRCTL, SECCOMP = 157, 317
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, DO_NOTHING = 0x7FFF0000, 0x00050000

rules = [
    (LOAD, 0, 0, 0),  # the number of the call
    (EQUAL, 0, 3, PRCTL),
    (LOAD, 0, 0, 16),  # its first argument
    (EQUAL, 0, 1, PR_SET_PDEATHSIG),
    (RETURN, 0, 0, DO_NOTHING),
    (RETURN, 0, 0, ALLOW),
]
program = b"".join(struct.pack("<HBBI", *rule) for rule in rules)
code = ctypes.create_string_buffer(program, len(program))
header = struct.pack("<HxxxxxxQ", len(rules), ctypes.addressof(code))
libc = ctypes.CDLL(None)
assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
assert libc.syscall(SECCOMP, 1, 0, header) == 0
os.execvp(sys.argv[1], sys.argv[1:])
