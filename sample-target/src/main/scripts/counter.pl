#!/usr/bin/env perl
# Print increasing numbers, one a line, and keep touching and checking memory.
#
# A wrong byte in the memory is told on standard error, and ends the program with status 70.
# Nothing here knows about migration.
use strict;
use warnings;
use Getopt::Long;
use POSIX ();
use Time::HiRes qw(sleep);

use constant WRONG_MEMORY => 70;
use constant BLOCK        => 4096;

my ($interval, $resident, $start, $limit, $status) = (5, 8, 1, 0, 0);
GetOptions(
    'interval-millis=f' => \$interval,
    'resident-mib=f'    => \$resident,
    'start=i'           => \$start,
    'limit=i'           => \$limit,
    'exit-status=i'     => \$status,
) or exit 2;

my $blocks = int($resident * 1024 * 1024 / BLOCK);
my @memory;
my @sums;
fill($_, $_) for 0 .. $blocks - 1;

my $next = 0;
my $number = $start;
while (1) {
    syswrite(STDOUT, "$number\n");
    $number++;
    POSIX::_exit($status) if $limit && $number >= $start + $limit;
    touch(8);
    sleep($interval / 1000);
}

sub fill {
    my ($block, $seed) = @_;
    $memory[$block] = pack('V', ($seed * 2654435761) & 0xFFFFFFFF) x (BLOCK / 4);
    $sums[$block] = unpack('%32C*', $memory[$block]);
}

# Check and change the next few blocks.
sub touch {
    my ($count) = @_;
    return unless $blocks;
    for (1 .. $count) {
        my $found = unpack('%32C*', $memory[$next]);
        if ($found != $sums[$next]) {
            syswrite(STDERR, "block $next has checksum $found, expected $sums[$next]\n");
            POSIX::_exit(WRONG_MEMORY);
        }
        fill($next, $found + $next + 1);
        $next = ($next + 1) % $blocks;
    }
}
