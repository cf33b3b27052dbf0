#if AsyncHTTPClient
import AsyncHTTPClient
import Synchronization
import TesseraCore

/// The clients of a transport, one for each proxy, and the number of requests under way.
///
/// AsyncHTTPClient's own shutdown cancels what is under way, so it is not asked before all have left.
final class ClientPool: Sendable {
    private struct State {
        var byProxy: [ProxyServer?: HTTPClient] = [:]
        var isShutDown = false
        var underWay = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let configuration: HTTPClient.Configuration
    private let state = Mutex(State())

    init(_ configuration: HTTPClient.Configuration) {
        self.configuration = configuration
    }

    deinit {
        for client in state.withLock({ Array($0.byProxy.values) }) { client.shutdown { _ in } }
    }

    /// The client for a request, which must ``leave()`` when it is over.
    func enter(through proxy: ProxyServer?) throws(TransportFailure) -> HTTPClient {
        guard proxy?.kind ?? .http == .http else {
            // AsyncHTTPClient's SOCKS knows neither credentials nor who looks names up.
            throw TransportFailure(
                .unsupported, phase: .proxy, progress: .nothingSent,
                message: "this transport knows HTTP proxies only; NIOTransport with the trait SOCKS knows SOCKS5")
        }
        let client = state.withLock { state -> HTTPClient? in
            guard !state.isShutDown else { return nil }
            state.underWay += 1
            if let client = state.byProxy[proxy] { return client }
            var configuration = configuration
            configuration.proxy = proxy.map(HTTPClient.Configuration.Proxy.init)
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            state.byProxy[proxy] = client
            return client
        }
        guard let client else {
            throw TransportFailure(
                .shutDown, phase: .connect, progress: .nothingSent, message: "the transport was shut down")
        }
        return client
    }

    func leave() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.underWay -= 1
            guard state.underWay == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func shutdown() async {
        state.withLock { $0.isShutDown = true }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                guard state.underWay > 0 else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
        let clients = state.withLock { state in
            defer { state.byProxy = [:] }
            return Array(state.byProxy.values)
        }
        for client in clients { try? await client.shutdown() }
    }
}
#endif
