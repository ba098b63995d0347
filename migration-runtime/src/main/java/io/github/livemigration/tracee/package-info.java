/**
 * Control of stopped processes: who may trace, what a stopped thread can be asked, and how system
 * calls are run inside another process without leaving a trace in it.
 */
@NullMarked
package io.github.livemigration.tracee;

import org.jspecify.annotations.NullMarked;
