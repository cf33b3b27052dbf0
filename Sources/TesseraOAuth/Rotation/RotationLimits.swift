#if OAuth
import TesseraCore

/// The times and counts of rotation; the defaults are those of the protocol.
package struct RotationLimits: Sendable, Hashable {
    /// T_post: how long one request to the token endpoint may take.
    package var post: Duration = .seconds(20)
    /// Q: how long a process may pause, or be cut off, before others stop reckoning with it.
    package var quarantine: Duration = .seconds(30)
    /// How much of a lease must be left when a request is sent.
    package var leaseMargin: Duration = .seconds(2)
    /// N: requests with one refresh token in one run, and in a row before the next ones are spaced out.
    package var attempts = 3
    /// The wait after the first ambiguous answer; it doubles.
    package var backoff: Duration = .seconds(1)
    /// Above it a wait ends the run, and the asker is told when to come back.
    package var longestBackoff: Duration = .seconds(10)
    /// The longest wait between two looks at a record that somebody else is about to write.
    package var longestPoll: Duration = .seconds(8)
    /// Audiences whose access tokens one record keeps.
    package var accessTokens = 16
    /// Looks at the record for one commit before that counts as a failing store.
    package var commitLooks = 16

    package init() {}

    /// How long a run waits for the lease: a dead holder's lease, its answer and its quarantine.
    var patience: Duration { post + post + quarantine }
}
#endif
