# Threads, queues, fibers and garbage; prints 1, 2, 3 ... while every digest is right.
require "digest/sha2"

$stdout.sync = true
asked = Queue.new
answered = Queue.new
3.times do
  Thread.new do
    while (seed = asked.pop)
      words = (1..300).map { |n| "#{seed} #{n}" * (n % 20) }
      answered << [seed, Digest::SHA256.hexdigest(words.join)]
    end
  end
end
numbers = Fiber.new { (1..).each { |n| Fiber.yield n } }
expected = {}
loop do
  line = numbers.resume
  9.times { |n| asked << n % 3 }
  wrong = 9.times.map { answered.pop }.reject { |seed, hash| (expected[seed] ||= hash) == hash }
  sleep 0.002
  puts wrong.empty? ? line : "wrong: #{wrong}"
end
