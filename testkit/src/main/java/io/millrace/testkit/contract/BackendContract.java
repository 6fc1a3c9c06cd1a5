// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/**
 * The whole contract for one backend: subclass it, name the backend, and run it.
 *
 * <p>Each area is a class of its own that says what it asks; it finds this one around itself.
 */
public abstract class BackendContract {
    /** The backends to test; in a new world for each call if they are simulated. */
    protected abstract BackendPair backends();

    /** How many connections one loop must hold; less for kernel interfaces with a limit. */
    protected int connections() {
        return 10_000;
    }

    @Nested
    class Loop extends LoopContract {}

    @Nested
    class TurnOrder extends TurnOrderContract {}

    @Nested
    class Timers extends TimerContract {}

    @Nested
    class Clock extends ClockContract {}

    @Nested
    class Standstill extends StandstillContract {}

    @Nested
    class TcpConnect extends TcpConnectContract {}

    @Nested
    class TcpRead extends TcpReadContract {}

    @Nested
    class TcpReadRequest extends TcpReadRequestContract {}

    @Nested
    class WriteFailures extends WriteFailureContract {}

    @Nested
    class CallbackFailure extends CallbackFailureContract {}

    @Nested
    class TcpWrite extends TcpWriteContract {}

    @Nested
    class TcpTimeout extends TcpTimeoutContract {}

    @Nested
    class SendFile extends SendFileContract {}

    @Nested
    class TcpOptions extends TcpOptionsContract {}

    @Nested
    class BackPressure extends BackPressureContract {}

    @Nested
    class Limits extends LimitsContract {}

    @Nested
    class TcpClose extends TcpCloseContract {}

    @Nested
    class CloseAnywhere extends CloseAnywhereContract {}

    @Nested
    class HalfClose extends HalfCloseContract {}

    @Nested
    class Reset extends ResetContract {}

    @Nested
    class Hooks extends HookContract {}

    @Nested
    class Wakeups extends WakeupContract {}

    @Nested
    class Works extends WorkContract {}

    @Nested
    class Fairness extends FairnessContract {}

    @Nested
    class FileOpens extends FileOpenContract {}

    @Nested
    class Files extends FileContract {}

    @Nested
    class FileCloses extends FileCloseContract {}

    @Nested
    class FilePaths extends FilePathContract {}

    @Nested
    class TcpServers extends TcpServerContract {}

    @Nested
    class Groups extends GroupContract {}

    @Nested
    class ScarceMemory extends ScarceMemoryContract {}

    @Nested
    class Survival extends SurvivalContract {}

    @Nested
    class FailureNames extends FailureNamesContract {}

    @Nested
    class BadInput extends BadInputContract {}
}
