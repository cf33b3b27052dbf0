public import HTTPTypes

/// One logical call, before it is planned: what the methods of ``Session`` are made of.
public struct CallRequest: Sendable {
    /// The method.
    public var method: HTTPRequest.Method
    /// Where, relative to the base URL.
    public var target: RequestTarget
    /// The body.
    public var body: RequestBody
    /// Query items besides those of the target and the session.
    public var query: QueryItems
    /// Header fields besides those of the session.
    public var headers: RequestHeaders
    /// Which authenticator.
    public var auth: AuthenticationOverride
    /// Which statuses are success.
    public var expecting: StatusExpectation
    /// A key that makes the call safe to repeat, where the server knows such keys.
    public var idempotencyKey: IdempotencyKey?

    /// A call of the given parts.
    public init(
        _ method: HTTPRequest.Method, _ target: RequestTarget, _ body: RequestBody = .none, query: QueryItems = [:],
        headers: RequestHeaders = [:], auth: AuthenticationOverride = .inherited,
        expecting: StatusExpectation = .success, idempotencyKey: IdempotencyKey? = nil
    ) {
        self.method = method
        self.target = target
        self.body = body
        self.query = query
        self.headers = headers
        self.auth = auth
        self.expecting = expecting
        self.idempotencyKey = idempotencyKey
    }
}

/// Which statuses are success; for all others the call throws.
public enum StatusExpectation: Sendable, Hashable {
    /// 200 to 299.
    case success
    /// These only.
    case only(Set<Int>)
    /// Every status is delivered.
    case any

    /// Whether `status` is success.
    public func includes(_ status: HTTPResponse.Status) -> Bool {
        switch self {
        case .success: (200..<300).contains(status.code)
        case .only(let codes): codes.contains(status.code)
        case .any: true
        }
    }
}

/// The `Idempotency-Key` of a call: minted once per call and the same on each attempt, so that a server which knows
/// such keys does the work once.
public enum IdempotencyKey: Sendable, Hashable, Codable {
    /// A random key.
    case automatic
    /// This key, for calls that are repeated across restarts.
    case key(String)

    /// A new random key to be kept, for example beside the order it pays, so that the call can be made again with it
    /// after a crash.
    public static func minted() -> IdempotencyKey {
        .key(IdempotencyKey.automatic.value(Runtime.current.random))
    }

    func value(_ random: @Sendable () -> UInt64) -> String {
        switch self {
        case .key(let key): return key
        case .automatic:
            let digits = [random(), random()].map { word in
                let text = String(word, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }
            return digits.joined()
        }
    }
}
