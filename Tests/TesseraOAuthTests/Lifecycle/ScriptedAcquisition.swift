#if OAuth
import Synchronization
import TesseraCore
import TesseraTesting

@testable import TesseraOAuth

/// An acquisition that does as it is told, and counts.
final class ScriptedAcquisition: TokenAcquisition {
    struct State {
        var version: UInt64 = 0
        var isUnsaved = false
        var calls: [RefreshingTokenSource.Fetch] = []
        var underWay = 0
        var mostUnderWay = 0
    }

    typealias Answer = @Sendable (_ number: Int, RefreshingTokenSource.Fetch) async throws -> TokenResponse

    private let state = Mutex(State())
    private let answer: Answer
    let isAbortable: Bool

    init(isAbortable: Bool = true, _ answer: @escaping Answer) {
        self.isAbortable = isAbortable
        self.answer = answer
    }

    var calls: [RefreshingTokenSource.Fetch] { state.withLock { $0.calls } }
    var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }

    var credentialVersion: UInt64 {
        get { state.withLock { $0.version } }
        set { state.withLock { $0.version = newValue } }
    }

    var isUnsaved: Bool {
        get { state.withLock { $0.isUnsaved } }
        set { state.withLock { $0.isUnsaved = newValue } }
    }

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        let number = state.withLock { state in
            state.calls.append(fetch)
            state.underWay += 1
            state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            return state.calls.count
        }
        defer { state.withLock { $0.underWay -= 1 } }
        return try await answer(number, fetch)
    }

    /// A new token of the given life each time, after a wait.
    static func tokens(
        lifetime: Duration? = .seconds(1000), after wait: Duration = .zero, name: String = "scripted"
    ) -> ScriptedAcquisition {
        ScriptedAcquisition { number, fetch in
            if wait > .zero { try await fetch.runtime.sleep(fetch.runtime.now().advanced(by: wait)) }
            return TokenResponse(accessToken: .fixture("\(name)-token-number-\(number)"), lifetime: lifetime)
        }
    }
}

/// Keeps what an observer saw.
final class SeenEvents: Sendable {
    private let events = Mutex<[TokenEvent]>([])

    var all: [TokenEvent] { events.withLock { $0 } }
    var observer: TokenObserver {
        TokenObserver { event, _ in self.events.withLock { $0.append(event) } }
    }
}

extension VirtualTime {
    func use(within timeout: Duration = .seconds(60)) -> TokenUse {
        TokenUse(deadline: now.advanced(by: timeout), runtime: runtime)
    }
}
#endif
