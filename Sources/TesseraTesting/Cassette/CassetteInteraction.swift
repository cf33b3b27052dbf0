import HTTPTypes
import TesseraCore

/// A request and its answer as a cassette keeps them: without secrets.
struct CassetteInteraction: Sendable {
    var method: String
    var url: String
    var requestFields: [[String]]
    var requestBody: CassetteBody
    var status: Int
    var responseFields: [[String]]
    var responseBody: CassetteBody
}

extension CassetteInteraction {
    /// What a replay does not depend on, and what would not be true of the body that is kept.
    private static let dropped: Set<String> = ["content-encoding", "content-length", "transfer-encoding", "connection"]

    /// The request alone, with secrets by name taken out; the answer is empty.
    init(_ request: TransportRequest, body: [UInt8], scrubber: inout CassetteScrubber) throws(ContentCoding.Failure) {
        let head = request.head
        method = head.method.rawValue
        url = scrubber.parameters(in: "\(request.origin)\(head.path ?? "/")")
        requestFields = []
        for (fields, isSealed) in [(Array(head.headerFields), false), (request.sealed.exposed, true)] {
            for field in fields where !Self.dropped.contains(field.name.canonicalName) {
                let value = scrubber.field(field.name.canonicalName, field.value, isSealed: isSealed)
                requestFields.append([field.name.canonicalName, value])
            }
        }
        let content = try ContentCoding.decode(body, head.headerFields[.contentEncoding])
        requestBody = CassetteBody(content, type: head.headerFields[.contentType]).scrubbedByName(&scrubber)
        status = 0
        responseFields = []
        responseBody = .none
    }

    /// Adds the answer.
    mutating func answer(
        _ head: HTTPResponse, _ body: [UInt8], scrubber: inout CassetteScrubber
    ) throws(ContentCoding.Failure) {
        status = head.status.code
        for field in head.headerFields where !Self.dropped.contains(field.name.canonicalName) {
            let value = scrubber.field(field.name.canonicalName, field.value, isSealed: false)
            responseFields.append([field.name.canonicalName, value])
        }
        let content = try ContentCoding.decode(body, head.headerFields[.contentEncoding])
        responseBody = CassetteBody(content, type: head.headerFields[.contentType]).scrubbedByName(&scrubber)
    }

    /// Without the secrets that are known by now; nil when one cannot be taken out of a body.
    func scrubbedByValue(_ scrubber: inout CassetteScrubber) -> CassetteInteraction? {
        var copy = self
        copy.url = scrubber.text(url)
        copy.requestFields = requestFields.map { $0.map { scrubber.text($0) } }
        copy.responseFields = responseFields.map { $0.map { scrubber.text($0) } }
        guard let sent = requestBody.scrubbedByValue(&scrubber), let got = responseBody.scrubbedByValue(&scrubber)
        else {
            return nil
        }
        (copy.requestBody, copy.responseBody) = (sent, got)
        return copy
    }

    // MARK: - Matching

    /// In which respects a request is not this one, whatever the secrets are.
    func mismatches(_ request: CassetteInteraction, comparesBody: Bool) -> [RequestMismatch] {
        var found: [RequestMismatch] = []
        if method != request.method {
            found.append(RequestMismatch(field: "method", expected: method, seen: request.method, weight: 3))
        }
        let (left, right) = (CassetteScrubber.anonymous(url), CassetteScrubber.anonymous(request.url))
        if left != right {
            found.append(RequestMismatch(field: "URL", expected: left, seen: right, weight: 3))
        }
        guard comparesBody else { return found }
        switch (requestBody, request.requestBody) {
        case (.json(let expected), .json(let seen)):
            let differences = expected.anonymous.differences(from: seen.anonymous, exactly: true)
            found += differences.map { difference in
                RequestMismatch(
                    field: "JSON \(difference.pointer)",
                    expected: RequestMismatch.document(difference.expected, of: difference.pointer),
                    seen: RequestMismatch.document(difference.seen, of: difference.pointer))
            }
        case (.form(let expected), .form(let seen)):
            found += RequestMatcher.pairs(
                "form", expected: expected.map(\.anonymous), seen: seen.map(\.anonymous), exactly: true)
        default:
            let bodies = [requestBody, request.requestBody].map {
                CassetteScrubber.anonymous(String(decoding: $0.bytes, as: UTF8.self))
            }
            if bodies.first != bodies.last {
                found.append(
                    RequestMismatch(
                        field: "body", expected: RequestMismatch.quoted(bodies.first ?? ""),
                        seen: RequestMismatch.quoted(bodies.last ?? "")))
            }
        }
        return found
    }

    /// The answer; nil when the file says what is none.
    var reply: TransportReply? {
        var reply = MockReply(
            status: status, fields: responseFields.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }, body: [])
        let body = responseBody.bytes
        reply.fields.append(("content-length", String(body.count)))
        return reply.head.map { TransportReply(head: $0, body: body) }
    }
}

extension JSONValue {
    fileprivate var anonymous: JSONValue {
        switch self {
        case .string(let text): .string(CassetteScrubber.anonymous(text))
        case .array(let values): .array(values.map(\.anonymous))
        case .object(let members): .object(members.mapValues(\.anonymous))
        case .integer, .number, .bool, .null: self
        }
    }
}

extension QueryItems.Item {
    fileprivate var anonymous: QueryItems.Item {
        QueryItems.Item(name: name, value: CassetteScrubber.anonymous(value))
    }
}
