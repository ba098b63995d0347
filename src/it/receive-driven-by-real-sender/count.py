import time

for number in range(1, 801):
    print(number)
    time.sleep(0.01)
