// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import io.millrace.internal.loop.Loop;
import io.millrace.net.Lookup;
import io.millrace.net.LoopNameLookup;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A resolver that looks up by what does not block, such as sockets of the loop that asks. */
public final class LoopResolver extends NameResolver {
    private final LoopNameLookup names;

    private LoopResolver(LoopNameLookup names) {
        super(false);
        this.names = names;
    }

    public static LoopResolver open(LoopNameLookup names) {
        return new LoopResolver(Objects.requireNonNull(names, "names"));
    }

    /** Look-ups that begin at once, on the loop's thread. */
    private abstract static class Body<A, T> implements LookupBody<T> {
        private final Loop loop;
        private @Nullable Lookup<A> asked;

        Body(Loop loop) {
            this.loop = loop;
        }

        abstract Lookup<A> begin();

        abstract T answer(@Nullable A found) throws Exception;

        @Override
        public void run(LoopLookup<T> lookup) {
            Lookup<A> begun = begin();
            asked = begun;
            begun.result().whenComplete((found, failure) -> end(lookup, found, failure));
        }

        /** Any thread. */
        private void end(LoopLookup<T> lookup, @Nullable A found, @Nullable Throwable failure) {
            if (failure != null) {
                Throwable cause = failure.getCause();
                lookup.failed(
                        failure instanceof CompletionException && cause != null ? cause : failure);
                return;
            }
            try {
                lookup.succeed(answer(found));
            } catch (Throwable nonsense) {
                lookup.failed(nonsense);
            }
        }

        @Override
        public void giveUp() {
            if (asked != null) {
                try {
                    asked.cancel();
                } catch (Throwable failure) {
                    loop.guard.failed(failure);
                }
            }
        }
    }

    @Override
    LookupBody<List<InetAddress>> addressesOf(Loop loop, String name) {
        return new Body<List<InetAddress>, List<InetAddress>>(loop) {
            @Override
            Lookup<List<InetAddress>> begin() {
                return names.addresses(loop, name);
            }

            @Override
            List<InetAddress> answer(@Nullable List<InetAddress> found) throws Exception {
                return found(found);
            }
        };
    }

    @Override
    LookupBody<String> nameOf(Loop loop, InetAddress address) {
        return new Body<String, String>(loop) {
            @Override
            Lookup<String> begin() {
                return names.name(loop, address);
            }

            @Override
            String answer(@Nullable String found) {
                return Objects.requireNonNull(found, "the name found");
            }
        };
    }

    @Override
    void ask(LoopLookup<?> lookup) {
        lookup.run();
    }

    /** What it has begun is given up on the loop's thread, which is told in any case. */
    @Override
    void drop(LoopLookup<?> lookup) {}

    @Override
    public String toString() {
        return "Resolver[" + names + (isClosed() ? ", closed" : "") + "]";
    }
}
