#if OAuth
/// Members of a stored record that this release does not know, kept as they were read and written back.
///
/// A newer release may add members at the record's top level; an older one that renews the login in between must not
/// lose them (threat C9). Whatever changes the meaning of existing members raises the envelope's `needs` instead.
struct UnknownFields: Sendable, Hashable, CustomStringConvertible {
    var members: [String: JSONTree] = [:]
    /// Sealed secrets under names that this release does not know, as they were read.
    var sealed: [String: String] = [:]
    /// The newest format that wrote the login, and the oldest that can read it: never lowered.
    var format = 1
    var needs = 1

    /// The number: names and values may be anybody's.
    var description: String { "\(members.count + sealed.count) unknown fields" }
}

/// Any JSON value, as it was read.
indirect enum JSONTree: Sendable, Hashable, Codable {
    case null
    case bool(Bool)
    case integer(Int64)
    case natural(UInt64)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(UInt64.self) {
            self = .natural(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .natural(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
#endif
