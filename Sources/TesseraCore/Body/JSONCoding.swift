#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// How a session writes and reads JSON. The one file of the core that imports Foundation.
public struct JSONCoding: Sendable {
    /// How dates stand in JSON.
    public enum Dates: Sendable {
        /// RFC 3339 text such as `2026-11-23T18:00:00Z`.
        case iso8601
        /// Seconds since 1970.
        case secondsSince1970
        /// As `Date` encodes itself: seconds since 2001.
        case deferred
    }

    /// How the names of properties become names of members.
    public enum Keys: Sendable {
        /// As they are.
        case useDefaultKeys
        /// `createdAt` stands as `created_at`.
        case snakeCase
    }

    /// How dates stand in JSON.
    public var dates: Dates
    /// How names of properties become names of members.
    public var keys: Keys

    /// A coding with the given settings.
    public init(dates: Dates = .iso8601, keys: Keys = .useDefaultKeys) {
        self.dates = dates
        self.keys = keys
    }

    /// - Parameter inOrder: Whether members stand in the order of their names, so that equal values give equal bytes.
    package func encode(_ value: some Encodable, inOrder: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        if inOrder { encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes] }
        switch dates {
        case .iso8601: encoder.dateEncodingStrategy = .iso8601
        case .secondsSince1970: encoder.dateEncodingStrategy = .secondsSince1970
        case .deferred: encoder.dateEncodingStrategy = .deferredToDate
        }
        if keys == .snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw TesseraError(.encoding, "the body cannot be written as JSON", underlying: error)
        }
    }

    package func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        do {
            return try decoder().decode(type, from: Data(bytes))
        } catch {
            throw TesseraError(.decoding, JSONCoding.explanation(of: error, type), underlying: error)
        }
    }

    /// Decodes what lies at `pointer` (RFC 6901); nil when there is nothing, or null.
    package func decode<Value: Decodable>(
        _ type: Value.Type, at pointer: JSONPointer, from bytes: [UInt8]
    ) throws -> Value? {
        guard !pointer.segments.isEmpty else { return try decode(type, from: bytes) }
        let decoder = decoder()
        decoder.userInfo[JSONPointer.key] = JSONPointer.Lookup(pointer: pointer, fromSnakeCase: keys == .snakeCase)
        do {
            return try decoder.decode(JSONPointer.Located<Value>.self, from: Data(bytes)).value
        } catch {
            throw TesseraError(.decoding, JSONCoding.explanation(of: error, type), underlying: error)
        }
    }

    private func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        switch dates {
        case .iso8601: decoder.dateDecodingStrategy = .iso8601
        case .secondsSince1970: decoder.dateDecodingStrategy = .secondsSince1970
        case .deferred: decoder.dateDecodingStrategy = .deferredToDate
        }
        if keys == .snakeCase { decoder.keyDecodingStrategy = .convertFromSnakeCase }
        return decoder
    }

    /// Where decoding failed, by names of the caller's own type; never with values of the body.
    private static func explanation(of error: any Error, _ type: Any.Type) -> String {
        let name = String(describing: type)
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "the answer is no \(name): member \(path(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(_, let context):
            return "the answer is no \(name): \(path(context.codingPath)) has another type"
        case DecodingError.valueNotFound(_, let context):
            return "the answer is no \(name): \(path(context.codingPath)) is null"
        default:
            return "the answer is no valid JSON for \(name)"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "the value" : keys.map(name).joined(separator: ".")
    }

    /// Names of properties are the caller's own; names of a dictionary's members come from the body and may be anyone's
    /// e-mail address.
    private static func name(_ key: any CodingKey) -> String {
        if let index = key.intValue { return String(index) }
        let isOwn = Mirror(reflecting: key).displayStyle == .enum || key is JSONPointer.Member
        return isOwn ? key.stringValue : "*"
    }
}

extension UUID: RequestTargetValue {
    /// The UUID in lower case.
    public var requestTargetText: String { uuidString.lowercased() }
}

extension Timestamp {
    /// The time as Foundation's `Date`.
    public var date: Date {
        Date(timeIntervalSince1970: Double(nanoseconds) / 1e9)
    }
}
