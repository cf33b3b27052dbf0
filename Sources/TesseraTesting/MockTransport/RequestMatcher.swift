import HTTPTypes
public import TesseraCore

/// What a request must have beyond method and target to be a route's.
///
/// ```swift
/// server.on(.post, "/token", .form(["grant_type": "refresh_token"])).reply(json: ["access_token": "t"])
/// server.on(.get, "/users/*", .query(["page": "2"]), .header("Accept", "application/json")).reply(json: [])
/// ```
public struct RequestMatcher: Sendable {
    let mismatches: @Sendable (MockRequest) -> [RequestMismatch]
    /// Why no request can ever match.
    var flaw: String?

    private init(flaw: String? = nil, _ mismatches: @escaping @Sendable (MockRequest) -> [RequestMismatch]) {
        self.mismatches = mismatches
        self.flaw = flaw
    }

    /// Query items that must be there, in any order. `exactly` refuses others.
    public static func query(_ items: QueryItems, exactly: Bool = false) -> RequestMatcher {
        RequestMatcher { pairs("query", expected: items.items, seen: $0.queryItems, exactly: exactly) }
    }

    /// A form in the body (WHATWG URL §5.1). `exactly` refuses fields that are not named.
    public static func form(_ items: QueryItems, exactly: Bool = false) -> RequestMatcher {
        RequestMatcher { request in
            pairs("form", expected: items.items, seen: request.form, exactly: exactly)
        }
    }

    /// A header field of this value; one of them, where the request has several of the name.
    public static func header(_ name: String, _ value: String) -> RequestMatcher {
        field(name) { name, request in
            let seen = request.headerFields[values: name]
            guard !seen.contains(value) else { return [] }
            let isSecret = SensitiveNames.standard.holdsSecret(header: name.rawName)
            return [
                RequestMismatch(
                    field: "header \(name.canonicalName)",
                    expected: RequestMismatch.value(value, isSecret: isSecret),
                    seen: RequestMismatch.value(seen.isEmpty ? nil : seen.joined(separator: ", "), isSecret: isSecret))
            ]
        }
    }

    /// A header field of this name, whatever its value.
    public static func header(_ name: String) -> RequestMatcher {
        field(name) { name, request in
            guard request.headerFields[name] == nil else { return [] }
            return [
                RequestMismatch(
                    field: "header \(name.canonicalName)", expected: "a value", seen: RequestMismatch.nothing)
            ]
        }
    }

    /// No header field of this name.
    public static func noHeader(_ name: String) -> RequestMatcher {
        field(name) { name, request in
            guard let seen = request.headerFields[name] else { return [] }
            let isSecret = SensitiveNames.standard.holdsSecret(header: name.rawName)
            return [
                RequestMismatch(
                    field: "header \(name.canonicalName)", expected: RequestMismatch.nothing,
                    seen: RequestMismatch.value(seen, isSecret: isSecret))
            ]
        }
    }

    /// This bearer token in `Authorization` (RFC 6750 §2.1).
    public static func bearer(_ token: Secret) -> RequestMatcher {
        let value = token.withExposedBytes { "Bearer " + String(decoding: $0, as: UTF8.self) }
        return header("Authorization", value)
    }

    /// A JSON document in the body that is the same, whatever the order of members and the blanks.
    public static func json(_ document: JSONValue) -> RequestMatcher { json(document, exactly: true) }

    /// A JSON document in the body that has at least these members; lists are compared whole.
    public static func json(containing document: JSONValue) -> RequestMatcher { json(document, exactly: false) }

    /// A body of exactly these bytes.
    public static func body(_ text: String) -> RequestMatcher {
        RequestMatcher { request in
            guard request.body != Array(text.utf8) else { return [] }
            return [
                RequestMismatch(
                    field: "body", expected: RequestMismatch.quoted(text), seen: RequestMismatch.quoted(request.text))
            ]
        }
    }

    /// Whatever a closure accepts; `name` says in a mismatch what that is.
    public static func accepted(
        _ name: String, by accepts: @escaping @Sendable (MockRequest) -> Bool
    ) -> RequestMatcher {
        RequestMatcher { request in
            accepts(request) ? [] : [RequestMismatch(field: name, expected: "true", seen: "false")]
        }
    }

    private static func field(
        _ text: String, _ mismatches: @escaping @Sendable (HTTPField.Name, MockRequest) -> [RequestMismatch]
    ) -> RequestMatcher {
        guard let name = HTTPField.Name(text) else {
            return RequestMatcher(flaw: "\(RequestMismatch.quoted(text)) is no name of a header field") { _ in [] }
        }
        return RequestMatcher { mismatches(name, $0) }
    }

    private static func json(_ document: JSONValue, exactly: Bool) -> RequestMatcher {
        RequestMatcher { request in
            guard let seen = request.json else {
                return [
                    RequestMismatch(
                        field: "JSON", expected: RequestMismatch.document(document, of: ""),
                        seen: request.body.isEmpty ? RequestMismatch.nothing : "a body that is no JSON")
                ]
            }
            return document.differences(from: seen, exactly: exactly).map { difference in
                RequestMismatch(
                    field: difference.pointer.isEmpty ? "JSON" : "JSON \(difference.pointer)",
                    expected: RequestMismatch.document(difference.expected, of: difference.pointer),
                    seen: RequestMismatch.document(difference.seen, of: difference.pointer))
            }
        }
    }

    /// Names and values in any order; those of the same name in theirs.
    static func pairs(
        _ kind: String, expected: [QueryItems.Item], seen: [QueryItems.Item], exactly: Bool
    ) -> [RequestMismatch] {
        var names: [String] = []
        for item in expected + (exactly ? seen : []) where !names.contains(item.name) { names.append(item.name) }
        return names.compactMap { name in
            let (left, right) = (expected.filter { $0.name == name }, seen.filter { $0.name == name })
            let isMet = exactly ? left == right : left.allSatisfy(right.contains)
            guard !isMet else { return nil }
            let isSecret = SensitiveNames.standard.holdsSecret(parameter: name)
            let text = { (items: [QueryItems.Item]) in
                items.isEmpty
                    ? RequestMismatch.nothing
                    : items.map { RequestMismatch.value($0.value, isSecret: isSecret) }.joined(separator: ", ")
            }
            return RequestMismatch(field: "\(kind) \(name)", expected: text(left), seen: text(right))
        }
    }
}
