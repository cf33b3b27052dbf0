#if CLI
import Synchronization

/// What both origins share while the server runs.
final class ServerState: Sendable {
    let configuration: DevelopmentServer.Configuration
    let log: AccessLog
    let tokens: TokenRegistry
    let projects = ProjectStore()
    let failures = FailureCounters()
    let windows = RateWindows()

    private let ports = Mutex<[OriginLabel: Int]>([:])

    init(_ configuration: DevelopmentServer.Configuration) {
        self.configuration = configuration
        log = AccessLog(
            sink: configuration.accessLogSink, writesToStandardError: configuration.logsToStandardError)
        tokens = TokenRegistry(lifetime: configuration.boundedTokenLifetime)
    }

    func setPort(_ port: Int, of origin: OriginLabel) {
        ports.withLock { $0[origin] = port }
    }

    /// The origin's URL without a slash at its end, `nil` before it accepts.
    func url(of origin: OriginLabel) -> String? {
        ports.withLock { $0[origin] }.map { "http://127.0.0.1:\($0)" }
    }
}
#endif
