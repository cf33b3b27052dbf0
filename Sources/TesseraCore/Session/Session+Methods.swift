public import HTTPTypes

extension Session {
    /// Sends a GET request.
    public func get(
        _ target: RequestTarget, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited, expecting: StatusExpectation = .success
    ) async throws -> Response {
        try await send(
            CallRequest(.get, target, query: query, headers: headers, auth: auth, expecting: expecting))
    }

    /// Sends a HEAD request.
    public func head(
        _ target: RequestTarget, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited, expecting: StatusExpectation = .success
    ) async throws -> Response {
        try await send(
            CallRequest(.head, target, query: query, headers: headers, auth: auth, expecting: expecting))
    }

    /// Sends a POST request. Without an idempotency key it is not sent again once it may have arrived.
    @discardableResult
    public func post(
        _ target: RequestTarget, _ body: RequestBody = .none, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited, expecting: StatusExpectation = .success,
        idempotencyKey: IdempotencyKey? = nil
    ) async throws -> Response {
        try await send(
            CallRequest(
                .post, target, body, query: query, headers: headers, auth: auth, expecting: expecting,
                idempotencyKey: idempotencyKey))
    }

    /// Sends a PUT request.
    @discardableResult
    public func put(
        _ target: RequestTarget, _ body: RequestBody = .none, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited, expecting: StatusExpectation = .success
    ) async throws -> Response {
        try await send(
            CallRequest(.put, target, body, query: query, headers: headers, auth: auth, expecting: expecting))
    }

    /// Sends a PATCH request. Without an idempotency key it is not sent again once it may have arrived.
    @discardableResult
    public func patch(
        _ target: RequestTarget, _ body: RequestBody = .none, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited, expecting: StatusExpectation = .success,
        idempotencyKey: IdempotencyKey? = nil
    ) async throws -> Response {
        try await send(
            CallRequest(
                .patch, target, body, query: query, headers: headers, auth: auth, expecting: expecting,
                idempotencyKey: idempotencyKey))
    }

    /// Sends a DELETE request.
    @discardableResult
    public func delete(
        _ target: RequestTarget, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited, expecting: StatusExpectation = .success
    ) async throws -> Response {
        try await send(
            CallRequest(.delete, target, query: query, headers: headers, auth: auth, expecting: expecting))
    }

    /// Sends a request of any method and streams its answer; see ``stream(_:_:)``.
    public func stream<Result>(
        _ method: HTTPRequest.Method, _ target: RequestTarget, _ body: RequestBody = .none, query: QueryItems = [:],
        headers: RequestHeaders = [:], auth: AuthenticationOverride = .inherited,
        expecting: StatusExpectation = .success, _ consume: (StreamedResponse) async throws -> Result
    ) async throws -> Result {
        try await stream(
            CallRequest(method, target, body, query: query, headers: headers, auth: auth, expecting: expecting),
            consume)
    }
}
