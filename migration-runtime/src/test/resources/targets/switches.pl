# Sets a switch of its own by prctl(2) and prints, again and again, what it sees of it.
#
# usage: switches.pl SET GET VALUE [POINTED]
#   POINTED: the value is read through a pointer
# No clock is read in user mode: it may be forbidden.
use strict;
$| = 1;
my ($set, $get, $value, $pointed) = map { int } @ARGV, 0;
$SIG{SEGV} = 'DEFAULT';
syscall(157, $set, $value, 0, 0, 0) == 0 or die "prctl($set, $value): $!";
while (1) {
    my $room = "\0" x 8;
    my $result = $pointed ? syscall(157, $get, $room, 0, 0, 0) : syscall(157, $get, 0, 0, 0, 0);
    print "$result ", unpack('i', $room), "\n";
    select(undef, undef, undef, 0.01);
}
