/*
 * The hand-over of one migration: both state machines of docs/protocol.md, over connections that
 * break, with a sender and a receiver that die. One step here is one step of CommittedSource,
 * CommittedDestination, or of the kernel.
 *
 * What is left out: the content of messages, the pages one by one (they arrive as a whole, at any
 * moment while the connections are there), and everything before the freeze.
 *
 *   CUTS               how often the connections break
 *   SENDER_DEATHS      how often a sender is killed; the user types 'send --resume' each time
 *   RECEIVER_DEATHS    how often the receiver is killed; a new one knows nothing
 *   NOTES              but for what the dead one has noted, and goes on
 *
 * Mistakes that the model must find:
 *   NO_SIGSTOP         no SIGSTOP is queued before COMMIT
 *   THAW_IN_DOUBT      a source whose COMMIT is not answered lets the process run on
 *   END_BEFORE_PAGES   the source ends the process when the destination has resumed it
 */
#ifndef CUTS
#define CUTS 2
#endif
#ifndef SENDER_DEATHS
#define SENDER_DEATHS 1
#endif
#ifndef RECEIVER_DEATHS
#define RECEIVER_DEATHS 1
#endif

mtype = { image, restored, commit, resumed, complete, completeAck, ask, state, none };
mtype = { rolledBack, running, arrived, completed, unknown };

chan toDestination = [3] of { mtype, mtype };
chan toSource = [3] of { mtype, mtype };

/* The three connections, which live and die together. */
bool up = true;

/* The two copies, as the kernels see them. */
mtype = { runs, frozen, held, stopped, built, absent };
mtype source = runs;
mtype copy = absent;
bool allPages = false;

/* What the sender knows. */
mtype = { proposing, awaitingRestored, committing, inDoubt, asking, serving, ended, over };
mtype sender = proposing;
mtype before = none;      /* what it knew before it asked */
bool senderAlive = true;
bool acknowledged = false;

/* What the receiver knows. */
mtype = { awaitingImage, awaitingCommit };
mtype receiver = awaitingImage;
bool receiverAlive = true;
bool forgetful = false;   /* a receiver has died with this session in its memory */

byte cuts = 0;
byte senderDeaths = 0;
byte receiverDeaths = 0;

inline drop() {
  do
  :: toDestination ? _, _
  :: toSource ? _, _
  :: empty(toDestination) && empty(toSource) -> break
  od
}

inline cut() { up = false; drop() }

inline tellSource(type, word) {
  if
  :: up -> toSource ! type, word
  :: else
  fi
}

#define COMMITTED (sender == inDoubt || sender == serving || sender == ended)

proctype Sender() {
  mtype word;
end:
  do
  /* Freeze, capture, IMAGE and CONTENTS, which are one to the hand-over. */
  :: atomic { senderAlive && sender == proposing && up ->
      source = frozen; toDestination ! image, none; sender = awaitingRestored }
  :: atomic { senderAlive && sender == proposing && !up -> sender = over }
  :: atomic { senderAlive && sender == awaitingRestored && !up -> source = runs; sender = over }
  :: atomic { senderAlive && sender == awaitingRestored && toSource ? [restored, _] ->
      toSource ? restored, _; sender = committing;
#ifndef NO_SIGSTOP
      source = held
#endif
    }
  /* COMMIT may be lost on the way, or not even leave. */
  :: atomic { senderAlive && sender == committing ->
      if
      :: up -> toDestination ! commit, none
      :: else
      fi;
      sender = inDoubt }
  :: atomic { senderAlive && (sender == inDoubt || sender == serving) &&
        toSource ? [resumed, _] ->
      toSource ? resumed, _; sender = serving;
#ifdef END_BEFORE_PAGES
      source = absent
#endif
    }
  :: atomic { senderAlive && (sender == serving || sender == ended) && toSource ? [complete, _] ->
      toSource ? complete, _; source = absent; sender = ended; acknowledged = false }
  :: atomic { senderAlive && sender == ended && !acknowledged && up ->
      toDestination ! completeAck, none; acknowledged = true }
  :: atomic { senderAlive && sender == ended && acknowledged && toSource ? [state, _] ->
      toSource ? state, _; sender = over }
#ifdef THAW_IN_DOUBT
  :: atomic { senderAlive && sender == inDoubt && !up -> source = runs; sender = over }
#endif
  /* Dial again. */
  :: atomic { senderAlive && receiverAlive && COMMITTED && !up ->
      up = true; before = sender; toDestination ! ask, none; sender = asking }
  :: atomic { senderAlive && sender == asking && !up -> sender = before }
  :: atomic { senderAlive && sender == asking && toSource ? [state, _] ->
      toSource ? state, word;
      if
      :: word == running -> sender = before; toDestination ! commit, none
      :: word == arrived -> sender = (before == ended -> ended : serving)
      :: word == completed -> source = absent; sender = over
      :: word == rolledBack -> assert(before == inDoubt); source = runs; sender = over
      :: word == unknown -> sender = over /* the process is kept stopped */
      fi;
      word = none }
  od
}

proctype Receiver() {
end:
  do
  :: atomic { receiverAlive && receiver == awaitingImage && !up -> receiver = rolledBack }
  :: atomic { receiverAlive && receiver == awaitingImage && toDestination ? [image, _] ->
      toDestination ? image, _; copy = built; receiver = awaitingCommit;
      tellSource(restored, none) }
  :: atomic { receiverAlive && receiver == awaitingCommit && toDestination ? [commit, _] ->
      toDestination ? commit, _; copy = runs; receiver = running; tellSource(resumed, none) }
  :: atomic { receiverAlive && receiver == awaitingCommit &&
        (!up || toDestination ? [ask, _]) ->
      copy = absent; receiver = rolledBack }
  /* Threads that miss a page wait; in the end all are here. */
  :: atomic { receiverAlive && receiver == running && up && senderAlive && source != absent &&
        (sender == inDoubt || sender == serving) ->
      allPages = true; receiver = arrived; tellSource(complete, none) }
  :: atomic { receiverAlive && receiver == running && !up && copy == runs -> copy = stopped }
  :: atomic { receiverAlive && receiver == running && toDestination ? [ask, _] ->
      toDestination ? ask, _; copy = runs; tellSource(state, running) }
  :: atomic { receiverAlive && receiver == running && toDestination ? [commit, _] ->
      toDestination ? commit, _; tellSource(resumed, none) }
  :: atomic { receiverAlive && receiver == arrived && toDestination ? [ask, _] ->
      toDestination ? ask, _; tellSource(state, arrived); tellSource(complete, none) }
  :: atomic { receiverAlive && receiver == arrived && toDestination ? [commit, _] ->
      toDestination ? commit, _ }
  :: atomic { receiverAlive && receiver == arrived && toDestination ? [completeAck, _] ->
      toDestination ? completeAck, _; receiver = completed; tellSource(state, completed) }
  /* Patience is over. */
  :: atomic { receiverAlive && receiver == arrived && !up -> receiver = completed }
  :: atomic { receiverAlive && toDestination ? [ask, _] &&
        (receiver == rolledBack || receiver == completed || receiver == unknown) ->
      toDestination ? ask, _; tellSource(state, receiver) }
  od
}

/* The network, the kernels, and the user. */
proctype World() {
end:
  do
  :: atomic { cuts < CUTS && up -> cuts++; cut() }
  /* The death of a tracer lets its tracees run on; a SIGSTOP that is queued stops them at once. */
  :: atomic { senderDeaths < SENDER_DEATHS && senderAlive && sender != over ->
      senderDeaths++; senderAlive = false; cut();
      if
      :: source == frozen -> source = runs
      :: else
      fi }
  /* 'send --resume': for a stopped process only. */
  :: atomic { !senderAlive && source == held ->
      senderAlive = true; sender = inDoubt; acknowledged = false }
  /* Until it runs, the copy dies with the receiver; from then on its threads wait for pages. */
  :: atomic { receiverDeaths < RECEIVER_DEATHS && receiverAlive ->
      receiverDeaths++; receiverAlive = false; cut();
#ifndef NOTES
      forgetful = forgetful || (receiver != completed && receiver != rolledBack);
#endif
      if
      :: copy == built -> copy = absent
      :: else
      fi }
  :: atomic { !receiverAlive -> receiverAlive = true;
#ifdef NOTES
      if
      :: receiver == awaitingImage || receiver == awaitingCommit -> receiver = rolledBack
      :: receiver == running || receiver == arrived || receiver == rolledBack -> skip
      :: else -> receiver = unknown
      fi
#else
      receiver = unknown
#endif
    }
  od
}

#define TWO_RUN (source == runs && copy == runs)
#define NONE_CAN_RUN (source == absent && !(allPages && (copy == runs || copy == stopped)))
#define ONE_RUNS ((source == runs && copy == absent) || (source == absent && copy == runs))

/*
 * At every moment: never two running copies, never none that can run. In the end: one runs, unless
 * a receiver has died; then the source is kept, or the copy has all its pages. Where receivers
 * take notes, the copy has them, and at most a stopped source is left beside it.
 */
active proctype Judge() {
  atomic { run Sender(); run Receiver(); run World() }
end:
  do
  :: atomic { TWO_RUN -> assert(!TWO_RUN) }
  :: atomic { NONE_CAN_RUN -> assert(!NONE_CAN_RUN) }
#ifdef NOTES
  :: atomic { timeout -> assert(ONE_RUNS || (allPages && copy == runs)); break }
#else
  :: atomic { timeout -> assert(ONE_RUNS || forgetful || receiverDeaths > 0); break }
#endif
  od
}
