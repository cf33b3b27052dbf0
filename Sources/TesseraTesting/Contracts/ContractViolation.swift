/// What a contract expected, and what it saw instead.
public struct ContractViolation: Error, Sendable, CustomStringConvertible {
    /// What had to happen.
    public let expected: String
    /// What happened.
    public let seen: String

    /// A violation of the given parts.
    public init(expected: String, seen: String) {
        self.expected = expected
        self.seen = seen
    }

    /// Both parts in a line.
    public var description: String { "expected \(expected); saw \(seen)" }
}

/// Throws a violation unless `condition` holds.
func require(_ condition: Bool, _ expected: @autoclosure () -> String, saw seen: @autoclosure () -> String) throws {
    guard condition else { throw ContractViolation(expected: expected(), seen: seen()) }
}

/// Throws a violation unless both are equal.
func require<Value: Equatable>(_ what: String, _ seen: Value, is expected: Value) throws {
    guard seen != expected else { return }
    throw ContractViolation(
        expected: "\(what): \(ContractViolation.brief(expected))", seen: ContractViolation.brief(seen))
}

extension ContractViolation {
    /// A value in a line that a person can read; megabytes are cut.
    fileprivate static func brief(_ value: some Any) -> String {
        let text = (value as? [UInt8]).map { "\($0.count) bytes \(String(decoding: $0.prefix(80), as: UTF8.self))" }
        return String((text ?? "\(value)").prefix(400))
    }
}
