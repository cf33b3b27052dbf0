#if OAuth
public import TesseraCore

/// Renews tokens in the background before anybody has to wait for them.
///
/// ```swift
/// let refresher = TokenRefresher([login.clientCredentials()])
/// try await refresher.run()  // until its task is cancelled
/// ```
///
/// A service that nobody calls for an hour has a fresh token nevertheless. Failures are the sources' business: they back
/// off, and ``RefreshingTokenSource/status`` shows them. With swift-service-lifecycle use `TokenRefresherService`.
public struct TokenRefresher: Sendable {
    /// Which sources are renewed.
    public enum Subject: Sendable {
        /// These, always.
        case sources([RefreshingTokenSource])
        /// Those in a registry whose present token was asked for at least once: users who left are let go.
        case registry(TokenSourceRegistry)
    }

    private let subject: Subject
    private let schedule: RenewalSchedule
    private let transport: (any Transport)?
    private let runtime: Runtime

    /// A refresher of the given sources.
    ///
    /// - Parameters:
    ///   - subject: Which sources are renewed.
    ///   - transport: For sources whose clients have none of their own.
    ///   - limit: The requests that may be under way at the same time.
    public init(_ subject: Subject, transport: (any Transport)? = nil, limit: Int = 16) {
        self.subject = subject
        self.transport = transport
        schedule = RenewalSchedule(limit: max(1, limit))
        runtime = .current
    }

    /// A refresher of the given sources.
    public init(_ sources: [RefreshingTokenSource], transport: (any Transport)? = nil, limit: Int = 16) {
        self.init(.sources(sources), transport: transport, limit: limit)
    }

    /// Renews until the task is cancelled. Requests under way go on: they belong to nobody.
    public func run() async {
        while !Task.isCancelled {
            let next = renewDue()
            guard (try? await runtime.sleep(next)) != nil else { return }
        }
    }

    /// Starts what is due and says when to look again.
    func renewDue() -> MonotonicInstant {
        let now = runtime.now()
        let sources = sources()
        let decision = schedule.decide(
            due: sources.map { $0.due(at: now) }, underWay: sources.count { $0.isUnderWay }, now: now)
        let use = TokenUse(deadline: .distantFuture, runtime: runtime, transport: transport)
        for index in decision.renew { sources[index].renew(with: use) }
        return decision.next
    }

    private func sources() -> [RefreshingTokenSource] {
        switch subject {
        case .sources(let sources): sources
        case .registry(let registry): registry.all().filter(\.wasUsed)
        }
    }
}
#endif
