import HTTPTypes

extension Session {
    /// Sends a GET request that asks for the answer only if it is another one than `known` (RFC 9110 §13.1).
    ///
    /// ```swift
    /// var users: Session.Response?
    /// users = try await api.get("/users", revalidating: users)
    /// ```
    ///
    /// When the server says that it has not changed (304), the body of `known` comes back with the newer header fields
    /// and the history of this call. An answer of another URL, or one without a validator, is not revalidated but
    /// fetched anew. Whoever keeps answers of several users keeps them apart: they look the same here.
    public func get(
        _ target: RequestTarget, revalidating known: Response?, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited
    ) async throws -> Response {
        var call = CallRequest(.get, target, query: query, headers: headers, auth: auth)
        guard let known, known.status == .ok, try url(of: call) == known.url,
            let validator = Revalidation(known.headerFields)
        else { return try await send(call) }
        call.headers[validator.field] = validator.value
        call.expecting = .only(Set(200..<300).union([304]))
        let response = try await send(call)
        guard response.status == .notModified else { return response }
        return Response(
            head: HTTPResponse(
                status: known.status,
                headerFields: Revalidation.updated(known.headerFields, by: response.headerFields)),
            status: known.status, body: known.body, history: response.history, origin: known.origin,
            target: known.target,
            coding: known.coding)
    }
}

/// What an answer is asked about again with.
struct Revalidation: Sendable, Hashable {
    var field: String
    var value: String

    /// The entity tag, weak or strong, before the date (RFC 9110 §13.1.3); nil when there is neither.
    init?(_ fields: HTTPFields) {
        if let tag = fields[.eTag], !tag.isEmpty {
            (field, value) = ("If-None-Match", tag)
        } else if let date = fields[.lastModified], !date.isEmpty {
            (field, value) = ("If-Modified-Since", date)
        } else {
            return nil
        }
    }

    /// RFC 9111 §3.2: the newer fields replace those of their names, but for what describes the body that is kept.
    static func updated(_ known: HTTPFields, by newer: HTTPFields) -> HTTPFields {
        let kept: Set<HTTPField.Name> = [
            .contentLength, .contentEncoding, .contentType, .contentRange, .transferEncoding, .connection,
        ]
        var fields = known
        for name in Set(newer.map(\.name)) where !kept.contains(name) { fields[fields: name] = newer[fields: name] }
        return fields
    }
}
