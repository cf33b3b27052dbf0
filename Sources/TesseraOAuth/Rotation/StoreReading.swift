#if OAuth
import TesseraCore

/// A reading of the store's clock, with the local times between which it was taken: tells the store's time later
/// without asking again, as an interval.
struct StoreReading: Sendable, Hashable {
    var time: StoreTime
    var before: MonotonicInstant
    var after: MonotonicInstant

    /// The store's time at `now`, not later than it is: for "has it passed?".
    func earliest(at now: MonotonicInstant) -> StoreTime {
        StoreTime(time.time.advanced(by: after.duration(to: now)), epoch: time.epoch)
    }

    /// The store's time at `now`, not earlier than it is: for "when will it be over?".
    func latest(at now: MonotonicInstant) -> StoreTime {
        StoreTime(time.time.advanced(by: before.duration(to: now)), epoch: time.epoch)
    }

    /// The local instant at which the store's clock has certainly passed `time`.
    func local(past time: Timestamp) -> MonotonicInstant {
        after.advanced(by: self.time.time.duration(to: time)).advanced(by: .milliseconds(1))
    }

    /// The local instant of an expiry or an issue on the store's clock, not later than it is.
    func local(of time: Timestamp) -> MonotonicInstant {
        before.advanced(by: self.time.time.duration(to: time))
    }
}
#endif
