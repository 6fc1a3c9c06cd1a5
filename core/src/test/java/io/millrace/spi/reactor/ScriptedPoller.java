// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Code;
import io.millrace.spi.LoopContext;
import java.util.ArrayList;
import java.util.List;

/** A poller that logs what it is told and reports what it is scripted to. Waits end at once. */
final class ScriptedPoller implements Poller {
    int answer = Code.OK;
    int lookAnswer = Code.OK;
    boolean closed;

    private final boolean edgeTriggered;
    private final Reactor reactor;
    private final List<Runnable> events = new ArrayList<>();
    private Ready to;

    ScriptedPoller(boolean edgeTriggered, Reactor reactor) {
        this.edgeTriggered = edgeTriggered;
        this.reactor = reactor;
    }

    /** The next select reports this; mask in letters: {@code R}, {@code W}, {@code H}. */
    void report(Pollable socket, String mask) {
        int bits = bits(mask);
        events.add(() -> to.ready(socket, bits));
    }

    /** The next select reports this of a watch. */
    void reportWatch(RawWatch watch, int mask) {
        events.add(() -> to.watched(watch, mask));
    }

    /** The next select says that an addition, accepted before, has failed. */
    void refuse(Pollable socket, int code) {
        events.add(() -> to.refused(socket, code));
    }

    @Override
    public boolean edgeTriggered() {
        return edgeTriggered;
    }

    @Override
    public int add(Pollable pollable, int interest) {
        reactor.log.add("add " + pollable + " " + letters(interest));
        return answer;
    }

    @Override
    public int modify(Pollable pollable, int interest) {
        reactor.log.add("modify " + pollable + " " + letters(interest));
        return answer;
    }

    @Override
    public int remove(Pollable pollable) {
        reactor.log.add("remove " + pollable);
        return Code.OK;
    }

    @Override
    public int select(long timeoutNanos, Ready ready) {
        LoopContext context = reactor;
        reactor.log.add(timeoutNanos < 0 ? "wait" : "wait " + timeoutNanos);
        to = ready;
        if (timeoutNanos != 0) {
            context.waitBegins();
        }
        int count = events.size();
        events.forEach(Runnable::run);
        events.clear();
        context.waitEnded(count);
        return count;
    }

    @Override
    public int watchable() {
        return READ | WRITE | HANGUP | PRIORITY;
    }

    @Override
    public int look(RawWatch watch, int interest) {
        reactor.log.add("look " + watch + " " + letters(interest));
        return lookAnswer;
    }

    @Override
    public void settle() {
        reactor.log.add("settle");
    }

    @Override
    public void wakeup() {
        reactor.log.add("wakeup");
    }

    @Override
    public void close() {
        closed = true;
        reactor.log.add("close poller");
    }

    private static int bits(String letters) {
        return (letters.contains("R") ? READ : 0)
                | (letters.contains("W") ? WRITE : 0)
                | (letters.contains("H") ? HANGUP : 0);
    }

    private static String letters(int bits) {
        return ((bits & READ) != 0 ? "R" : "")
                + ((bits & WRITE) != 0 ? "W" : "")
                + ((bits & HANGUP) != 0 ? "H" : "")
                + ((bits & PRIORITY) != 0 ? "P" : "");
    }
}
