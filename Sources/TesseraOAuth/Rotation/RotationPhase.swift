#if OAuth
import TesseraCore

extension RotationStateMachine {
    /// Where a run is. The numbers are those of the protocol's lines.
    enum Phase: String, Sendable, Hashable, CaseIterable {
        case idle
        /// 0: a first look without the lease.
        case peeking
        /// 1
        case acquiring
        /// 2
        case reading
        /// 3: is the sender of an intent dead?
        case probing
        /// 3: until its answer can no longer come.
        case waiting
        /// 4
        case intending
        /// 5
        case checking
        /// 6
        case posting
        /// 7 and 8: the intent is taken back.
        case clearing
        /// 8
        case reloadingSecret
        /// 9: did a peer bring a newer token?
        case rereading
        /// 9: the login ends.
        case burying
        /// 10: the end of an ambiguous attempt is recorded.
        case marking
        /// 10
        case backingOff
        /// 11
        case committing
        /// 11 and 13: who wrote instead?
        case recommitting
        /// 12: peers are told to wait longer.
        case extending
        /// 12: the new token is in memory only.
        case unsaved
        /// 13
        case keepingSpare
        /// 13: a token that nobody may use any more is given back.
        case revoking
        /// 15: the store accepts that its entry is old.
        case accepting
        /// 15: a store gets back what it lost.
        case restoring
        case releasing
        case over
    }
}
#endif
