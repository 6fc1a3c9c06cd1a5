// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.IoException;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;

/** A driver's watches under watch. */
final class RefereedWatches implements WatchEngine {
    private final RefereedDriver driver;
    private final WatchEngine engine;
    private final List<RefereedWatch> open = new ArrayList<>();

    RefereedWatches(RefereedDriver driver, WatchEngine engine) {
        this.driver = driver;
        this.engine = engine;
    }

    @Override
    public int events() {
        return engine.events();
    }

    @Override
    public WatchPort watch(int descriptor, WatchSink sink) throws IoException {
        RefereedWatch watch = new RefereedWatch(driver, sink);
        return attached(watch, engine.watch(descriptor, watch));
    }

    @Override
    public WatchPort watch(SelectableChannel channel, WatchSink sink) throws IoException {
        RefereedWatch watch = new RefereedWatch(driver, sink);
        return attached(watch, engine.watch(channel, watch));
    }

    private WatchPort attached(RefereedWatch watch, WatchPort port) {
        watch.attach(port);
        open.removeIf(RefereedWatch::isSettled);
        open.add(watch);
        return watch;
    }

    void addDebtsTo(List<String> debts) {
        open.stream().filter(each -> !each.isSettled()).forEach(each -> debts.add("" + each));
    }
}
