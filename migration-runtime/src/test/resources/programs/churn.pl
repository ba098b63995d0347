# Fills and digests a hash while a timer interrupts it, and prints 1, 2, 3 ... while every digest is right.
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use Time::HiRes qw(setitimer ITIMER_REAL);

$| = 1;
my $ticks = 0;
$SIG{ALRM} = sub { $ticks++ };
setitimer(ITIMER_REAL, 0.003, 0.003);
my $expected;
my $line = 0;
while (1) {
  my %table = map { ("key $_" => "x" x ($_ % 300) . $_) } 1 .. 3000;
  my $found = md5_hex(join ",", map { "$_=$table{$_}" } sort keys %table);
  $expected //= $found;
  my $before = $ticks;
  select(undef, undef, undef, 0.001) while $ticks == $before;
  print $found eq $expected ? ++$line : "wrong: $found instead of $expected", "\n";
}
