# Prints increasing numbers. usage: counter.pl DELAY_MILLIS MIB
use strict;
use warnings;
use Time::HiRes qw(usleep);
$| = 1;
my ($delay, $mib) = @ARGV;
my $memory = "live migration! " x (65536 * $mib);
my $checksum = unpack("%32C*", $memory);
my $number = 0;
while (1) {
    $number++;
    print "$number\n";
    if ($number % 500 == 0 && unpack("%32C*", $memory) != $checksum) {
        print "memory is not what it was\n";
        exit 70;
    }
    usleep($delay * 1000);
}
