import TesseraCore

/// Notes at a service, with an API key that the service renews when it refuses it.
public struct NoteClient: Sendable {
    /// A note.
    public struct Note: Codable, Sendable, Hashable {
        /// Its number.
        public var id: Int
        /// Its text.
        public var text: String
    }

    private struct Draft: Codable, Sendable {
        var text: String
    }

    private let api: Session

    /// A client on a session that somebody else made, with its credentials and transport.
    public init(_ api: Session) {
        self.api = api
    }

    /// The note of a number; nil when there is none.
    public func note(_ id: Int) async throws -> Note? {
        let response = try await api.get("/notes/\(id)", expecting: .only([200, 404]))
        return response.status.code == 404 ? nil : try response.json(Note.self)
    }

    /// Writes a note, once: a repeat after a lost answer does not write it again.
    public func write(_ text: String) async throws -> Note {
        try await api.post("/notes", .json(Draft(text: text)), idempotencyKey: .automatic).json(Note.self)
    }

    /// All notes with a word in them.
    public func search(_ word: String) async throws -> [Note] {
        try await api.get("/notes", query: ["word": word]).json([Note].self)
    }
}
