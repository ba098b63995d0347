"""Has COUNT threads that wait; each answers with its id and its own value when SIGUSR1 comes."""
import ctypes
import signal
import sys
import threading
import time

count = int(sys.argv[1])
libc = ctypes.CDLL(None)
go = ctypes.c_int(0)
answers = set()
ready = threading.Semaphore(0)
answered = threading.Semaphore(0)
AT_ONCE = 10


def wait(number):
    before = (number, libc.syscall(186))
    ready.release()
    # FUTEX_WAIT for the word to change, which also wakes a thread that comes too late.
    while not go.value:
        libc.syscall(202, ctypes.byref(go), 0, 0, None)
    answers.add((number, libc.syscall(186)) == before and number)
    answered.release()


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
threading.stack_size(64 * 1024)
threads = [threading.Thread(target=wait, args=(number,)) for number in range(1, count + 1)]
for thread in threads:
    thread.start()
for _ in threads:
    ready.acquire()
print("ready", flush=True)
signal.sigwait({signal.SIGUSR1})
go.value = 1
for done in range(0, count, AT_ONCE):
    # All of them at once would fight for the interpreter's lock longer than everything else takes.
    libc.syscall(202, ctypes.byref(go), 1, AT_ONCE)
    for _ in range(min(AT_ONCE, count - done)):
        answered.acquire()
for thread in threads:
    thread.join()
print(len(answers), answers == set(range(1, count + 1)), flush=True)
time.sleep(3600)
