#if CLI
import Hummingbird
import NIOCore
import Synchronization

/// What travels with one request through the server.
struct DemoRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The port the request arrived at.
    let localPort: Int?
    /// What the endpoints tell the access log.
    let note = RequestNote()
    /// The grant behind the access token, once checked.
    var grant: AccessGrant?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        localPort = source.channel.localAddress?.port
    }
}

/// What an endpoint tells the access log about a request.
final class RequestNote: Sendable {
    private struct State {
        var outcome: String?
        var clientID: String?
        var grantType: String?
        var bodyCarriesCredential = false
    }

    private let state = Mutex(State())

    var outcome: String? {
        get { state.withLock { $0.outcome } }
        set { state.withLock { $0.outcome = newValue } }
    }

    var clientID: String? {
        get { state.withLock { $0.clientID } }
        set { state.withLock { $0.clientID = newValue } }
    }

    var grantType: String? {
        get { state.withLock { $0.grantType } }
        set { state.withLock { $0.grantType = newValue } }
    }

    var bodyCarriesCredential: Bool {
        get { state.withLock { $0.bodyCarriesCredential } }
        set { state.withLock { $0.bodyCarriesCredential = newValue } }
    }
}
#endif
