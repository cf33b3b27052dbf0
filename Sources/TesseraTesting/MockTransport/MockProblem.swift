/// What is wrong with a mock after a test: a request that nobody prepared, or something prepared that nobody asked for.
public struct MockProblem: Sendable, CustomStringConvertible {
    /// What kind of problem.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A request came that nobody had prepared an answer for.
        case unexpectedRequest
        /// What was prepared was not asked for, or not as often as it was to be.
        case unused
        /// What was prepared cannot be sent.
        case flaw
    }

    /// A place in a test.
    public struct Place: Sendable, CustomStringConvertible {
        /// Module and file.
        public let fileID: String
        /// The path of the file.
        public let filePath: String
        /// The line.
        public let line: Int

        /// The file's name and the line.
        public var description: String { "\(fileID.split(separator: "/").last ?? ""):\(line)" }
    }

    /// What kind of problem.
    public let kind: Kind
    /// What happened.
    public let text: String
    /// Where it was prepared; nil for a request.
    public let place: Place?

    init(_ kind: Kind, _ text: String, at place: Place? = nil) {
        self.kind = kind
        self.text = text
        self.place = place
    }

    /// What happened, and where it was prepared.
    public var description: String { place.map { "\(text) (\($0))" } ?? text }
}

/// The problems of the mocks of a test, as an error.
public struct MockFailure: Error, Sendable, CustomStringConvertible {
    /// The problems.
    public let problems: [MockProblem]

    /// The problems, one after the other.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
