import os
import time

# Counts for as long as the file `moved` is not there, and a little longer.
number = 0
rest = 200
while rest > 0:
    number += 1
    print(number)
    if os.path.exists("moved"):
        rest -= 1
    time.sleep(0.01)
