import HTTPTypes
import Synchronization

/// The cookies of one credential (RFC 6265bis). A session has none unless it is given one:
///
/// ```swift
/// let shop = try api.with { $0.cookies = CookieJar() }
/// ```
///
/// A jar belongs to the credential of the session that it is given to first; another credential's session refuses it, so
/// that two users never share their cookies. Calls with ``AuthenticationOverride/anonymous`` or another credential
/// neither send nor keep any. Cookies are attached after the last hook, beside the head, as credentials are.
///
/// Stricter than the RFC: a cookie that came over TLS goes over TLS only, and a port's cookies stay with the port.
/// `docs/transfers.md` tells the rest.
public final class CookieJar: Sendable, CustomStringConvertible, CustomReflectable {
    private struct State {
        var machine: CookieStateMachine
        /// Which assignment of a credential the jar belongs to.
        var owner: UInt64?
        var version: StoreVersion?
    }

    private struct Document: Codable {
        var format = 1
        var cookies: [Cookie]
    }

    private let state: Mutex<State>
    private let place: (store: any TokenStore, name: StorageName)?

    /// An empty jar in memory.
    public init(suffixes: PublicSuffixList = .system) {
        state = Mutex(State(machine: CookieStateMachine(suffixes: suffixes)))
        place = nil
    }

    /// A jar that is kept in a store, for example a `FileTokenStore`: a file of mode 600 in a checked directory, replaced
    /// in one step. The cookies stand there in clear.
    ///
    /// - Parameters:
    ///   - store: Where it is kept.
    ///   - name: One for each credential.
    /// - Throws: ``TesseraError`` when the store cannot be read.
    public init(
        store: any TokenStore, name: StorageName, suffixes: PublicSuffixList = .system, runtime: Runtime = .current
    ) async throws {
        state = Mutex(State(machine: CookieStateMachine(suffixes: suffixes)))
        place = (store, name)
        try await load(now: runtime.wallTime())
    }

    /// Writes the cookies that outlive the program to the store; does nothing for a jar in memory.
    ///
    /// What another process saved meanwhile is read and added; of one cookie, the one of this process stays.
    ///
    /// - Throws: ``TesseraError`` when the store fails.
    public func save(runtime: Runtime = .current) async throws {
        guard let place else { return }
        for _ in 0..<8 {
            let now = runtime.wallTime()
            let (kept, version) = state.withLock { ($0.machine.lasting(now), $0.version) }
            do {
                let bytes = try JSONCoding(dates: .deferred).encode(Document(cookies: kept))
                let saved = try await place.store.save(bytes, for: place.name, replacing: version)
                state.withLock { $0.version = saved }
                return
            } catch is TokenStoreConflict {
                try await load(now: now)
            }
        }
        throw TesseraError(.storeFailed, "the cookies could not be saved: others go on writing them")
    }

    private func load(now: Timestamp) async throws {
        guard let place else { return }
        let entry = try await place.store.load(place.name)
        let document = try entry.map { entry in
            do {
                return try JSONCoding(dates: .deferred).decode(Document.self, from: entry.bytes)
            } catch {
                throw TesseraError(
                    .storeFailed, "the stored cookies cannot be read", remedy: "remove the entry \(place.name)")
            }
        }
        state.withLock { state in
            state.version = entry?.version
            state.machine.restore(document?.cookies ?? [], now: now)
        }
    }

    /// The number of cookies, expired ones included.
    public var count: Int { state.withLock { $0.machine.cookies.count } }

    /// Forgets all cookies; those in the store at the next ``save(runtime:)``.
    public func removeAll() {
        state.withLock { $0.machine.removeAll() }
    }

    /// The number of cookies; never a name or a value.
    public var description: String { "CookieJar(\(count) cookies)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Binds the jar to the credential of a session.
    func claim(by owner: UInt64) throws {
        let isOwn = state.withLock { state in
            if state.owner == nil { state.owner = owner }
            return state.owner == owner
        }
        guard isOwn else {
            throw TesseraError(
                .misconfigured, "the cookie jar belongs to another credential than the session's",
                remedy: "give each credential a jar of its own; set cookies where auth is set")
        }
    }

    func field(for request: CookieStateMachine.Request, now: Timestamp) -> String? {
        state.withLock { $0.machine.field(for: request, now: now) }
    }

    func receive(_ fields: [String], of request: CookieStateMachine.Request, now: Timestamp) {
        let set = fields.compactMap { SetCookie($0) }
        guard !set.isEmpty else { return }
        state.withLock { state in
            for cookie in set { state.machine.receive(cookie, of: request, now: now) }
        }
    }

    func isSameSite(_ left: Origin, _ right: Origin) -> Bool {
        let suffixes = state.withLock { $0.machine.suffixes }
        return left.scheme == right.scheme && suffixes.site(of: left.host) == suffixes.site(of: right.host)
    }
}
