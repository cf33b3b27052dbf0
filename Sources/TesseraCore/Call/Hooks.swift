public import HTTPTypes

/// A hook around a whole call: caching, metrics, tracing, a circuit of one's own.
///
/// `next` can be called once only; the compiler rejects a second call. Repeating is the business of the policies.
/// Streamed calls (``Session/stream(_:_:)``) are a scope and not a value that can be passed on: they go past interceptors,
/// and are seen by observers.
///
/// ```swift
/// struct Timed: CallInterceptor {
///     func intercept(_ call: CallRequest, next: consuming NextCall) async throws -> Session.Response {
///         let response = try await next(call)
///         print(response.history)
///         return response
///     }
/// }
/// ```
public protocol CallInterceptor: Sendable {
    /// Passes `call`, changed or not, to `next`, or answers in its place.
    func intercept(_ call: CallRequest, next: consuming NextCall) async throws -> Session.Response
}

/// The rest of the way of a call.
public struct NextCall: ~Copyable, Sendable {
    let core: SessionCore
    let index: Int

    /// The whole way. What interceptors call on their own shares the deadline and the retries of the call.
    static func first(_ core: SessionCore, _ call: CallRequest) async throws -> Session.Response {
        let now = core.configuration.runtime.now()
        let tree =
            CallTree.enclosing
            ?? CallTree(
                deadline: now.advanced(byNanoseconds: core.totalTimeout), retries: core.configuration.retry.retries)
        return try await CallTree.$current.withValue(tree) { try await NextCall(core: core, index: 0)(call) }
    }

    /// Goes on with `call`.
    public consuming func callAsFunction(_ call: CallRequest) async throws -> Session.Response {
        let interceptors = core.configuration.interceptors
        guard index < interceptors.count else {
            return try await BufferedCall.run(try core.plan(call))
        }
        return try await interceptors[index].intercept(call, next: NextCall(core: core, index: index + 1))
    }
}

/// A hook around single attempts. It sees no credential: that is chosen afterwards and travels sealed.
public protocol AttemptObserver: Sendable {
    /// May add header fields to the attempt, for example a trace's. Changes to method, scheme, authority or path are
    /// undone, and so are fields that only the library may set.
    ///
    /// - Parameter crossesOrigin: Whether the attempt goes to another origin than the session's base, by a redirect or a whole URL.
    func willSend(_ head: inout HTTPRequest, attempt: Int, crossesOrigin: Bool)

    /// Told when an attempt is over and it is decided what follows.
    func didFinish(_ attempt: CallHistory.Attempt)
}

extension AttemptObserver {
    /// Changes nothing.
    public func willSend(_ head: inout HTTPRequest, attempt: Int, crossesOrigin: Bool) {}
    /// Does nothing.
    public func didFinish(_ attempt: CallHistory.Attempt) {}
}
