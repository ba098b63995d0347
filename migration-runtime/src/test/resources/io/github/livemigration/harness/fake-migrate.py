"""Stands in for the command line: the same words and files, and no migration.

The target is a child that counts. When it is asked to move, it tells the receiver its next number
and ends; the receiver's child counts on from there. The first argument is the behaviour to show.
"""

import json
import os
import signal
import socket
import sys
import time

MOVED = 100
INTERVAL = 0.002


def option(arguments, name):
    return arguments[arguments.index(name) + 1]


def say(line):
    os.write(2, (line + "\n").encode())


def write_report(path, outcome, **more):
    report = {"outcome": outcome, "mode": "post-copy", "pid": os.getpid(), "threads": 1,
              "mappings": 3, "residentBytes": 8192, "downtimeMillis": 4.25, "totalMillis": 10.5,
              "pages": {"resident": 2, "zero": 1, "hot": 1},
              "phases": [{"name": "freeze", "startMillis": 1.0, "endMillis": 2.5}],
              "futureField": True}
    report.update(more)
    with open(path + ".draft", "w") as draft:
        json.dump(report, draft)
    os.rename(path + ".draft", path)


def count(behaviour, number, folder, ready):
    """Count until the end; a request to move stands in a file, and SIGUSR2 says that it is there."""
    asked = []
    signal.signal(signal.SIGUSR2, lambda *_: asked.append(True))
    os.write(ready, b"!")
    first = number
    while True:
        if asked:
            asked.clear()
            with open(os.path.join(folder, "request-%d" % os.getpid())) as request:
                address, report = request.read().split()
            move(behaviour, number, address, report)
        if behaviour == "die-before" and number == 15:
            os._exit(3)
        if behaviour == "die-after" and first > 1 and number == first + 15:
            os._exit(5)
        if not (behaviour == "silent" and first > 1):
            os.write(1, b"%d\n" % number)
        number += 1
        time.sleep(INTERVAL)


def move(behaviour, number, address, report):
    if behaviour == "die-during":
        os._exit(4)
    if behaviour == "refuse":
        write_report(report, "refused", refusals=[{"what": "fd 7 (socket)", "why": "not carried"}])
        return
    if behaviour == "hang":
        return
    host, port = address.split(":")
    text = str(number)
    if behaviour == "cut":
        os.write(1, text[:1].encode())
        text = text[1:]
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(("%d %s\n" % (number, text)).encode())
        connection.recv(1)
    write_report(report, "completed")
    os._exit(MOVED)


def fork_target(behaviour, number, folder):
    ready, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        count(behaviour, number, folder, write_end)
    os.close(write_end)
    os.read(ready, 1)
    return pid


def end_with(pid):
    _, status = os.waitpid(pid, 0)
    status = os.waitstatus_to_exitcode(status)
    sys.exit(0 if status == MOVED else status if status >= 0 else 128 - status)


def request_move(folder, pid, address, report):
    with open(os.path.join(folder, "request-%d" % pid), "w") as request:
        request.write("%s %s" % (address, report))


def run(behaviour, arguments):
    report = option(arguments, "--report")
    folder = os.path.dirname(report)
    if behaviour == "no-start":
        say("migrate: no such program")
        sys.exit(1)
    pid = fork_target(behaviour, 1, folder)
    request_move(folder, pid, option(arguments, "--to"), report)
    say("target started: pid %d" % pid)
    end_with(pid)


def send(behaviour, arguments):
    report = option(arguments, "--report")
    pid = int(option(arguments, "--pid"))
    request_move(os.path.dirname(report), pid, option(arguments, "--to"), report)
    os.kill(pid, signal.SIGUSR2)
    while not os.path.exists(report):
        time.sleep(INTERVAL)


def receive(behaviour, arguments):
    report = option(arguments, "--report")
    if behaviour == "never-listen":
        signal.pause()
    listener = socket.create_server(("127.0.0.1", 0))
    say("listening on 127.0.0.1:%d" % listener.getsockname()[1])
    connection, _ = listener.accept()
    number, text = connection.makefile().readline().split()
    number = int(number)
    if behaviour == "cut":
        os.write(1, (text + "\n").encode())
        number += 1
    number += {"skip": 2, "repeat": -1, "back": -10}.get(behaviour, 0)
    pid = fork_target(behaviour, number, os.path.dirname(report))
    say("restored: pid 1234 (host pid %d)" % pid)
    write_report(report, "completed", hostPid=pid)
    connection.sendall(b"!")
    connection.close()
    end_with(pid)


def doctor(behaviour, arguments):
    if behaviour == "unfit":
        print("userfaultfd   no: operation not permitted\n  sysctl -w vm.unprivileged_userfaultfd=1")
        sys.exit(1)
    print("a migration can work here")


if __name__ == "__main__":
    globals()[sys.argv[2]](sys.argv[1], sys.argv[3:])
