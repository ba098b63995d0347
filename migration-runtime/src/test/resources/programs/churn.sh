# Adds numbers and prints 1, 2, 3 ... while the sum is right.
line=0
while :; do
  sum=0
  i=0
  while [ $i -lt 1000 ]; do
    i=$((i + 1))
    sum=$((sum + i))
  done
  line=$((line + 1))
  if [ $sum -eq 500500 ]; then echo $line; else echo "wrong: $sum"; fi
done
