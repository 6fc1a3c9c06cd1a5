// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimWorld;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A backend that tests run on: a real one by its name, or a simulated one. */
public final class BackendUnderTest {
    private final String name;
    private final @Nullable BackendProvider provider;
    private final @Nullable SimWorld world;

    private BackendUnderTest(
            String name, @Nullable BackendProvider provider, @Nullable SimWorld world) {
        this.name = name;
        this.provider = provider;
        this.world = world;
    }

    /** The backend of this name, as {@link ServiceLoader} finds it. */
    public static BackendUnderTest named(String name) {
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            if (provider.name().equals(name)) {
                return new BackendUnderTest(name, provider, null);
            }
        }
        return new BackendUnderTest(name, null, null);
    }

    /** This one, found or not. */
    public static BackendUnderTest provided(BackendProvider provider) {
        return new BackendUnderTest(provider.name(), provider, null);
    }

    /** A simulated backend in a world of its own or shared with others. */
    public static BackendUnderTest simulated(SimWorld world, SimBackend.Boundary boundary) {
        SimBackend backend = new SimBackend(world, boundary);
        return new BackendUnderTest(backend.name(), backend, world);
    }

    public String name() {
        return name;
    }

    /** Skips the test if the backend cannot run here, or fails it if it is required to. */
    public void assumeUsable() {
        Availability availability =
                provider == null
                        ? Availability.unusable("not on the class path")
                        : provider.probe();
        if (availability.usable()) {
            return;
        }
        String message = "backend " + name + " is unusable: " + availability.reason();
        if (isRequired()) {
            Assertions.fail(message + " (and -Dmillrace.required names it)");
        }
        Assumptions.abort(message);
    }

    public BackendProvider provider() {
        if (provider == null) {
            throw new IllegalStateException("backend " + name + " is not on the class path");
        }
        return provider;
    }

    /** The clock that its loops go by. */
    public LongSupplier clock() {
        SimWorld simulated = world;
        return simulated == null ? System::nanoTime : simulated::nanoTime;
    }

    /** Whether time and threads are not the real ones. */
    public boolean isSimulated() {
        return world != null;
    }

    @Nullable SimWorld world() {
        return world;
    }

    private boolean isRequired() {
        return List.of(System.getProperty("millrace.required", "").split(",", -1)).stream()
                .map(String::strip)
                .collect(Collectors.toSet())
                .contains(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
