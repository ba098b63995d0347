/**
 * The pages of a process that already runs somewhere else: which are to come, who asks for them and
 * when, how they are installed, and what the process may do to its own address space meanwhile.
 *
 * <p>The source answers questions and keeps no state ({@link
 * io.github.livemigration.pages.PageServer}); everything is decided where the process runs ({@link
 * io.github.livemigration.pages.PostCopy}). Memory use is a few bits a page and independent of the
 * size of the process otherwise, and nothing is allocated for a page.
 */
@NullMarked
package io.github.livemigration.pages;

import org.jspecify.annotations.NullMarked;
