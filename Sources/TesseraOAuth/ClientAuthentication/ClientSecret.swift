#if OAuth
import Synchronization
import TesseraCore

/// The secret that one sender showed last. Another sender of the same client may know a newer one already.
final class ShownSecret: Sendable {
    private let value = Mutex<Secret?>(nil)

    var last: Secret? {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

/// The secret of a client, as its source said last; shared by all who authenticate as that client.
final class ClientSecret: Sendable {
    private struct State {
        var last: Secret?
        var version: UInt64 = 0
    }

    private let source: any SecretSource
    private let state = Mutex(State())

    init(_ source: any SecretSource) {
        self.source = source
    }

    /// Grows with each other secret that was seen: what was refused with an older one may be accepted now.
    var version: UInt64 { state.withLock { $0.version } }

    /// The secret as the source has it now.
    func current() async throws -> Secret {
        let secret = try await source.secret()
        note(secret)
        return secret
    }

    /// Whether the source has another secret than `shown` by now. A source that fails has none.
    func hasChanged(since shown: Secret?) async -> Bool {
        guard let shown, let secret = try? await source.secret(after: shown) else { return false }
        note(secret)
        return secret != shown
    }

    private func note(_ secret: Secret) {
        state.withLock { state in
            if let last = state.last, last != secret { state.version &+= 1 }
            state.last = secret
        }
    }
}
#endif
