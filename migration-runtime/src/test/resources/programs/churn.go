// Goroutines, timers and garbage; prints 1, 2, 3 ... while every checksum is right.
package main

import (
	"fmt"
	"hash/crc32"
	"os"
	"time"
)

func block(seed int) []byte {
	data := make([]byte, 40000)
	for i := range data {
		data[i] = byte(i*seed + i>>8)
	}
	return data
}

func main() {
	const workers = 8
	results := make(chan uint32)
	ticker := time.NewTicker(2 * time.Millisecond)
	var expected [workers]uint32
	for seed := range expected {
		expected[seed] = crc32.ChecksumIEEE(block(seed))
	}
	for line := 1; ; line++ {
		for seed := 0; seed < workers; seed++ {
			go func(seed int) {
				kept := block(seed)
				time.Sleep(time.Millisecond)
				results <- crc32.ChecksumIEEE(kept) ^ expected[seed]
			}(seed)
		}
		for seed := 0; seed < workers; seed++ {
			if difference := <-results; difference != 0 {
				fmt.Println("wrong in line", line)
				os.Exit(1)
			}
		}
		<-ticker.C
		fmt.Println(line)
	}
}
