public import HTTPTypes

/// Lets a method stand in a `Codable` value, as its name.
@propertyWrapper
public struct CodableMethod: Sendable, Hashable, Codable {
    /// The method.
    public var wrappedValue: HTTPRequest.Method

    /// Wraps a method.
    public init(wrappedValue: HTTPRequest.Method) {
        self.wrappedValue = wrappedValue
    }

    /// Decodes the name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let method = HTTPRequest.Method(rawValue: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no method (RFC 9110 §9.1)")
        }
        wrappedValue = method
    }

    /// Encodes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue.rawValue)
    }
}
