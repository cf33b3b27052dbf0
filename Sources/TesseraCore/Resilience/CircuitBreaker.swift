/// When an origin that fails is left alone for a while: calls to it end at once, with
/// ``TesseraError/Code/circuitOpen``, and one is let through now and then to see whether it is back.
///
/// Off by default. Failures are those on the wire, and the statuses 500, 502, 503 and 504.
public struct CircuitBreaker: Sendable, Hashable {
    /// Opens when this many of a hundred attempts fail.
    public var failurePercent: Int
    /// Opens only after this many attempts in a window.
    public var minimumAttempts: Int
    /// How long attempts are counted together.
    public var window: Duration
    /// How long nothing is sent once it has opened.
    public var openFor: Duration

    /// A breaker of the given numbers.
    public init(
        failurePercent: Int = 50, minimumAttempts: Int = 20, window: Duration = .seconds(30),
        openFor: Duration = .seconds(5)
    ) {
        self.failurePercent = failurePercent
        self.minimumAttempts = minimumAttempts
        self.window = window
        self.openFor = openFor
    }

    static func isFailure(_ result: AttemptSummary.Result) -> Bool? {
        switch result {
        case .status(500), .status(502), .status(503), .status(504): true
        case .status: false
        case .failure(let kind, _, _):
            switch kind {
            case .timeout, .unreachable, .disconnected, .tls, .proxy, .protocolViolation: true
            // These say nothing about the origin.
            case .limitExceeded, .bodyFailed, .cancelled, .shutDown, .unsupported, .unexpectedRequest: nil
            }
        }
    }
}

/// The breaker of one origin: closed, open, or half open with one attempt under way. A value; time is handed in.
struct CircuitBreakerStateMachine: Sendable, Equatable {
    private enum Phase: Equatable {
        case closed(since: MonotonicInstant, attempts: Int, failures: Int)
        case open(until: MonotonicInstant)
        case halfOpen
    }

    enum Admission: Equatable {
        /// Send; hand the epoch back with the outcome.
        case pass(epoch: UInt64)
        /// Don't, until then.
        case refuse(until: MonotonicInstant)
    }

    private var phase: Phase
    /// Counts the changes of phase: what was admitted in an earlier one says nothing about this one.
    private var epoch: UInt64 = 0

    init(now: MonotonicInstant) {
        phase = .closed(since: now, attempts: 0, failures: 0)
    }

    mutating func admit(_ settings: CircuitBreaker, now: MonotonicInstant) -> Admission {
        switch phase {
        case .closed: return .pass(epoch: epoch)
        case .open(let until) where now < until: return .refuse(until: until)
        case .open:
            enter(.halfOpen)
            return .pass(epoch: epoch)
        // The one under way is bounded by its own timeouts; until it is back nobody knows more.
        case .halfOpen: return .refuse(until: now)
        }
    }

    /// - Parameter failed: nil when the attempt said nothing, for example because it was cancelled.
    mutating func finished(failed: Bool?, epoch: UInt64, _ settings: CircuitBreaker, now: MonotonicInstant) {
        guard epoch == self.epoch else { return }
        switch (phase, failed) {
        case (.halfOpen, true?): enter(.open(until: now.advanced(by: settings.openFor)))
        case (.halfOpen, false?): enter(.closed(since: now, attempts: 0, failures: 0))
        case (.halfOpen, nil): enter(.open(until: now))
        case (.open, _), (.closed, nil): break
        case (.closed(let since, var attempts, var failures), let failed?):
            let isOver = since.duration(to: now) >= settings.window
            if isOver { (attempts, failures) = (0, 0) }
            attempts += 1
            failures += failed ? 1 : 0
            let (weighted, _) = failures.multipliedReportingOverflow(by: 100)
            let (share, overflow) = attempts.multipliedReportingOverflow(by: max(1, settings.failurePercent))
            if failed, attempts >= max(1, settings.minimumAttempts), !overflow, weighted >= share {
                enter(.open(until: now.advanced(by: settings.openFor)))
            } else {
                phase = .closed(since: isOver ? now : since, attempts: attempts, failures: failures)
            }
        }
    }

    private mutating func enter(_ next: Phase) {
        phase = next
        epoch &+= 1
    }
}
