#if CLI
/// One of the demo API's users; there are as many as the configuration says, made from their number.
struct DemoUser: Codable, Sendable {
    var id: Int
    var name: String
    var email: String

    init(id: Int) {
        self.id = id
        name = "User \(id)"
        email = "user\(id)@example.test"
    }

    /// The users behind the first `offset`, at most `limit`.
    static func list(offset: Int, limit: Int, of total: Int) -> [DemoUser] {
        guard offset < total else { return [] }
        return (offset..<min(total, offset + limit)).map { DemoUser(id: $0 + 1) }
    }
}
#endif
