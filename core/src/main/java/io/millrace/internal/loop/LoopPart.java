// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.function.Function;

/**
 * Names something of which each loop has one, for a package that the loop knows nothing of: made
 * when it is first asked for by {@link Loop#part}, and used on the loop's thread only.
 *
 * @param <T> what it is
 */
public final class LoopPart<T> {
    final Function<Loop, T> maker;

    public LoopPart(Function<Loop, T> maker) {
        this.maker = maker;
    }
}
