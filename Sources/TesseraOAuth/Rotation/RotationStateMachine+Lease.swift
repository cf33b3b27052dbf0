#if OAuth
import TesseraCore

/// Lines 0 and 1: a look without the lease, then the lease, and its renewal.
extension RotationStateMachine {
    mutating func begin() {
        // A process that knows nothing of the login may find all it needs; one that does has come because it is old.
        guard memory.record == nil else { return acquire() }
        read(.peeking)
    }

    mutating func peeked(_ found: Found) {
        if isShuttingDown { return end(.shutDown) }
        self.found = found
        // Nothing is remembered and nothing decided without the lease; only what is there is used.
        if let stored = found.stored, case .ready = stored.record.state, !memory.isSuperseded(stored.record.login),
            let token = want.serves(stored.record, found.reading, at: now)
        {
            memory.remember(stored.record)
            publish(token)
            return end(nil)
        }
        acquire()
    }

    /// Line 1.
    mutating func acquire() {
        if isShuttingDown { return end(.shutDown) }
        lease = nil
        renewAt = nil
        resumeAt = nil
        phase = .acquiring
        perform(.acquire(until: now.advanced(by: limits.patience)))
    }

    mutating func leased(_ lease: Lease) {
        self.lease = lease
        isRenewing = false
        scheduleRenewal()
        note(.leased, "\(lease.fence)")
        if isShuttingDown { return end(.shutDown) }
        read(.reading)
    }

    /// Whether the lease lasts long enough for what comes next (line 5).
    var leaseHolds: Bool {
        guard let lease else { return false }
        return lease.end.map { now < $0.advanced(by: .zero - limits.leaseMargin) } ?? true
    }

    private mutating func scheduleRenewal() {
        renewAt = lease?.end.map { now.advanced(by: now.duration(to: $0) / 3) }
    }

    mutating func renewed(_ end: MonotonicInstant?) {
        isRenewing = false
        guard lease != nil, phase != .releasing, phase != .over else { return }
        lease?.end = end
        scheduleRenewal()
        if phase == .checking { check() }
    }

    /// A request under way goes on: the intent, not the lease, keeps peers from sending (line 6).
    mutating func renewFailed() {
        isRenewing = false
        guard let lease, phase != .releasing, phase != .over else { return }
        let rest = lease.end.map { now.duration(to: $0) } ?? .zero
        renewAt = rest > .zero ? now.advanced(by: max(rest / 3, .milliseconds(100))) : nil
        if phase == .checking { takeBack(.storeUnavailable(nil)) }
    }
}
#endif
