#if CLI
import Synchronization
import TesseraCore

/// Counts what the client's history says.
final class DemoCounter: AttemptObserver {
    struct Counts: Sendable {
        var calls = 0
        var attempts = 0
        var retries = 0
        var redirects = 0
        var withheld = 0
        var waited = Duration.zero

        func since(_ before: Counts) -> Counts {
            Counts(
                calls: calls - before.calls, attempts: attempts - before.attempts, retries: retries - before.retries,
                redirects: redirects - before.redirects, withheld: withheld - before.withheld,
                waited: waited - before.waited)
        }
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func didFinish(_ attempt: CallHistory.Attempt) {
        state.withLock { counts in
            if attempt.number == 1 { counts.calls += 1 }
            counts.attempts += 1
            if attempt.credential == .withheld { counts.withheld += 1 }
            switch attempt.decision {
            case .retry(let wait, _, _):
                counts.retries += 1
                counts.waited += wait
            case .redirect: counts.redirects += 1
            default: break
            }
        }
    }
}
#endif
