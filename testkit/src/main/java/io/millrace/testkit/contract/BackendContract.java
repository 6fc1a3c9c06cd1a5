// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/** The whole contract for one backend: subclass it, name the backend, and run it. */
public abstract class BackendContract {
    /** The backends to test; in a new world for each call if they are simulated. */
    protected abstract BackendPair backends();

    /** How many connections one loop must hold; less for kernel interfaces with a limit. */
    protected int connections() {
        return 10_000;
    }

    /** See {@link LoopContract}. */
    @Nested
    class Loop extends LoopContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TurnOrderContract}. */
    @Nested
    class TurnOrder extends TurnOrderContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TimerContract}. */
    @Nested
    class Timers extends TimerContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link ClockContract}. */
    @Nested
    class Clock extends ClockContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link StandstillContract}. */
    @Nested
    class Standstill extends StandstillContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TcpConnectContract}. */
    @Nested
    class TcpConnect extends TcpConnectContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TcpReadContract}. */
    @Nested
    class TcpRead extends TcpReadContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TcpReadRequestContract}. */
    @Nested
    class TcpReadRequest extends TcpReadRequestContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link WriteFailureContract}. */
    @Nested
    class WriteFailures extends WriteFailureContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link CallbackFailureContract}. */
    @Nested
    class CallbackFailure extends CallbackFailureContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TcpWriteContract}. */
    @Nested
    class TcpWrite extends TcpWriteContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TcpTimeoutContract}. */
    @Nested
    class TcpTimeout extends TcpTimeoutContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link SendFileContract}. */
    @Nested
    class SendFile extends SendFileContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TcpOptionsContract}. */
    @Nested
    class TcpOptions extends TcpOptionsContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link BackPressureContract}. */
    @Nested
    class BackPressure extends BackPressureContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link LimitsContract}. */
    @Nested
    class Limits extends LimitsContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }

        @Override
        protected int connections() {
            return BackendContract.this.connections();
        }
    }

    /** See {@link TcpCloseContract}. */
    @Nested
    class TcpClose extends TcpCloseContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link CloseAnywhereContract}. */
    @Nested
    class CloseAnywhere extends CloseAnywhereContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link HalfCloseContract}. */
    @Nested
    class HalfClose extends HalfCloseContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link ResetContract}. */
    @Nested
    class Reset extends ResetContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link HookContract}. */
    @Nested
    class Hooks extends HookContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link WakeupContract}. */
    @Nested
    class Wakeups extends WakeupContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link WorkContract}. */
    @Nested
    class Works extends WorkContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link FairnessContract}. */
    @Nested
    class Fairness extends FairnessContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link FileOpenContract}. */
    @Nested
    class FileOpens extends FileOpenContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link FileContract}. */
    @Nested
    class Files extends FileContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link FileCloseContract}. */
    @Nested
    class FileCloses extends FileCloseContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link FilePathContract}. */
    @Nested
    class FilePaths extends FilePathContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link TcpServerContract}. */
    @Nested
    class TcpServers extends TcpServerContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link GroupContract}. */
    @Nested
    class Groups extends GroupContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link ScarceMemoryContract}. */
    @Nested
    class ScarceMemory extends ScarceMemoryContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link SurvivalContract}. */
    @Nested
    class Survival extends SurvivalContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link FailureNamesContract}. */
    @Nested
    class FailureNames extends FailureNamesContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }

    /** See {@link BadInputContract}. */
    @Nested
    class BadInput extends BadInputContract {
        @Override
        protected BackendPair backends() {
            return BackendContract.this.backends();
        }
    }
}
