#if ServiceLifecycle
public import ServiceLifecycle
public import TesseraOAuth

/// A ``TesseraOAuth/TokenRefresher`` in a `ServiceGroup`.
///
/// ```swift
/// import Logging
/// import ServiceLifecycle
/// import TesseraServiceLifecycle
///
/// let refresher = TokenRefresherService(TokenRefresher([login.clientCredentials()]))
/// try await ServiceGroup(services: [refresher], logger: Logger(label: "app")).run()
/// ```
///
/// At a graceful shutdown it stops renewing at once; requests that are under way end by themselves, since others wait for
/// them. It holds nothing that must be closed, so its place in the group does not matter.
public struct TokenRefresherService: Service {
    private let refresher: TokenRefresher

    /// A service of the given refresher.
    public init(_ refresher: TokenRefresher) {
        self.refresher = refresher
    }

    /// Renews until the group shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [refresher] in
            await refresher.run()
        }
    }
}
#else
// Without the trait this module is empty.
#endif
