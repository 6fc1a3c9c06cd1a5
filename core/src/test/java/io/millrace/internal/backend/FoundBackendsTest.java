// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.BackendInfo;
import io.millrace.fixture.FakeBackend;
import io.millrace.spi.BackendProvider;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Loading providers that cannot be loaded: the others are there, and nothing goes unsaid. */
class FoundBackendsTest {
    private final Deque<Supplier<BackendProvider>> steps = new ArrayDeque<>();

    @Test
    void whatIsBrokenIsLeftOutWithItsReasonAndTheOthersAreFound() {
        steps.add(() -> failing(new ServiceConfigurationError("S: Provider a.b.C not found")));
        steps.add(FakeBackend.Good::new);
        steps.add(
                () ->
                        failing(
                                new ServiceConfigurationError(
                                        "S: Provider a.b.D could not be instantiated",
                                        new NoClassDefFoundError("a/b/E"))));
        steps.add(() -> failing(new NoClassDefFoundError("io/millrace/posix/DescriptorBackend")));
        steps.add(() -> failing(new NoClassDefFoundError("io/millrace/posix/DescriptorBackend")));
        steps.add(FakeBackend.Broken::new);

        FoundBackends found = find();

        assertEquals(
                List.of("fake-broken", "fake-good"),
                found.providers().stream().map(BackendProvider::name).toList());
        assertEquals(
                List.of("a.b.C", "a.b.D", "(unnamed)"),
                found.broken().stream().map(BackendInfo::name).toList());
        String reason = found.broken().get(2).reason();
        assertTrue(reason.contains("NoClassDefFoundError: io/millrace/posix/Descr"), reason);
        assertTrue(reason.contains("--add-modules ALL-MODULE-PATH"), reason);
    }

    @Test
    void aLoaderThatDoesNotGetPastAFailureIsLeft() {
        Iterator<BackendProvider> stuck =
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        throw new ServiceConfigurationError("S: cannot read");
                    }

                    @Override
                    public BackendProvider next() {
                        throw new AssertionError();
                    }
                };
        assertEquals(1, FoundBackends.from(stuck).broken().size());
    }

    private static BackendProvider failing(Error error) {
        throw error;
    }

    private FoundBackends find() {
        return FoundBackends.from(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return !steps.isEmpty();
                    }

                    @Override
                    public BackendProvider next() {
                        return steps.remove().get();
                    }
                });
    }
}
