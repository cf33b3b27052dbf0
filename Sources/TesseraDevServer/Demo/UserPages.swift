#if CLI
import HTTPTypes
import Hummingbird

/// `GET /users`: one list in the ways APIs hand out lists, `?page=N` with `Link` (RFC 8288), `?cursor=`, `?offset=N`
/// and `?envelope=true`.
///
/// `?link-origin=second` makes links lead to the second origin, where a credential must not follow.
struct UserPages: Sendable {
    static let limits = 1...100
    static let standardLimit = 50

    let state: ServerState

    func respond(to request: Request, context: DemoRequestContext) throws -> Response {
        let query = QueryItems(request.head)
        let limit = try query.number("limit", default: Self.standardLimit, in: Self.limits)
        if let cursor = query["cursor"] { return try cursorPage(behind: cursor, limit: limit) }
        if query["offset"] != nil { return try offsetPage(query, limit: limit) }
        return try numberedPage(query, limit: limit, authority: request.head.authority ?? "")
    }

    private var total: Int { state.configuration.boundedUsers }

    // MARK: By offset

    private func offsetPage(_ query: QueryItems, limit: Int) throws -> Response {
        let offset = try query.number("offset", default: 0, in: 0...total)
        return Answer.json(
            OffsetPage(
                data: DemoUser.list(offset: offset, limit: limit, of: total), total: total, offset: offset, limit: limit
            ))
    }

    private struct OffsetPage: Encodable {
        var data: [DemoUser]
        var total: Int
        var offset: Int
        var limit: Int
    }

    // MARK: By cursor

    private func cursorPage(behind cursor: String, limit: Int) throws -> Response {
        let offset = try UserCursor.offset(of: cursor, total: total)
        let users = DemoUser.list(offset: offset, limit: limit, of: total)
        let end = offset + users.count
        let meta = CursorPage.Meta(next: end < total ? UserCursor.text(for: end) : nil)
        return Answer.json(CursorPage(data: users, meta: meta))
    }

    private struct CursorPage: Encodable {
        struct Meta: Encodable {
            var next: String?

            func encode(to encoder: any Encoder) throws {
                // The key is there at the end too, with null.
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(next, forKey: .next)
            }

            enum CodingKeys: CodingKey { case next }
        }

        var data: [DemoUser]
        var meta: Meta
    }

    // MARK: By page number

    private func numberedPage(_ query: QueryItems, limit: Int, authority: String) throws -> Response {
        let last = max(1, (total + limit - 1) / limit)
        // One past the last is enough for an empty page, and keeps the product below small.
        let page = try query.number("page", default: 1, in: 1...last + 1)
        let users = DemoUser.list(offset: (page - 1) * limit, limit: limit, of: total)
        let isEnvelope = query.flag("envelope")
        let leadsAway = query["link-origin"] == "second"

        let origin = leadsAway ? state.url(of: .second) ?? "" : "http://\(authority)"
        func target(_ number: Int) -> String {
            "/users?page=\(number)&limit=\(limit)" + (isEnvelope ? "&envelope=true" : "")
                + (leadsAway ? "&link-origin=second" : "")
        }
        if isEnvelope {
            let next = page < last ? (leadsAway ? origin : "") + target(page + 1) : nil
            return Answer.json(Envelope(items: users, next: next))
        }
        var links: [String] = []
        if page < last { links.append("<\(origin)\(target(page + 1))>; rel=\"next\"") }
        if page > 1 { links.append("<\(origin)\(target(page - 1))>; rel=\"prev\"") }
        links.append("<\(origin)\(target(1))>; rel=\"first\"")
        links.append("<\(origin)\(target(last))>; rel=\"last\"")
        var fields = HTTPFields()
        fields.set("Link", to: links.joined(separator: ", "))
        return Answer.json(users, fields: fields)
    }

    private struct Envelope: Encodable {
        var items: [DemoUser]
        var next: String?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(items, forKey: .items)
            // The key is there at the end too, with null.
            try container.encode(next, forKey: .next)
        }

        enum CodingKeys: CodingKey { case items, next }
    }
}

/// The opaque cursor: base64url of `after:` and how many users came before.
enum UserCursor {
    private static let prefix = "after:"

    static func text(for offset: Int) -> String {
        Base64.encodeURLSafe(Array("\(prefix)\(offset)".utf8))
    }

    /// The offset; an empty cursor is the beginning.
    static func offset(of cursor: String, total: Int) throws(Problem) -> Int {
        guard !cursor.isEmpty else { return 0 }
        guard
            let bytes = Base64.decodeURLSafe(cursor.utf8),
            let text = String(validating: bytes, as: UTF8.self), text.hasPrefix(prefix),
            let offset = BoundedNumber.parse(text.dropFirst(prefix.count), in: 0...total)
        else {
            throw Problem(.badRequest, detail: "The cursor is none of this server's.", outcome: "invalid_query")
        }
        return offset
    }
}
#endif
