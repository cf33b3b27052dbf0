#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// One process of a schedule: a machine, what it remembers, and whether it lives.
struct SimulatedProcess {
    let id: Int
    var incarnation = 0
    var isAlive = true
    var isShutDown = false
    /// Nothing of the process runs before.
    var pausedUntil: Int64 = 0
    var clockOffset: Int64
    var run = 0
    var machine: RotationStateMachine?
    var logout: LogoutStateMachine?
    var memory = RotationMemory()
    var held: Secret?
    var isWanted = false
    var isAcquiring = false
    var stopsAcquiring = false
    var alarm: MonotonicInstant?
    var steps = 0
    var killAtStep: Int?
    var shutdownAtStep: Int?
    /// The next effect takes this long, in milliseconds.
    var slowNext: Int64?
    var failsNextStoreCall = false

    init(id: Int, clockOffset: Int64) {
        self.id = id
        self.clockOffset = clockOffset
    }

    func holder(isOneMachine: Bool) -> LoginRecord.Holder {
        LoginRecord.Holder(
            host: isOneMachine ? "host" : "host\(id)", boot: "b", process: Int32(id), started: UInt64(incarnation),
            nonce: "p\(id).\(incarnation)")
    }

    func local(_ time: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: time + clockOffset) }
    func world(_ instant: MonotonicInstant) -> Int64 { instant.nanoseconds - clockOffset }
}
#endif
