public import HTTPTypes

/// Header fields that a credential supplies. They travel beside the request's head, never inside it, so that no hook,
/// trace or log above the transport can see them.
///
/// Encoded once per credential and never put into HTTP/2's compression table (RFC 7541 §7.1.3).
public struct SealedFields: Sendable, CustomStringConvertible, CustomReflectable {
    private let fields: [HTTPField]

    /// No fields.
    public static let none = SealedFields(fields: [])

    private init(fields: [HTTPField]) {
        self.fields = fields
    }

    /// Seals fields that a credential supplies.
    public init(_ fields: [HTTPField]) {
        self.fields = fields.map { field in
            var sealed = field
            sealed.indexingStrategy = .disallow
            return sealed
        }
    }

    /// Whether there are none.
    public var isEmpty: Bool { fields.isEmpty }

    /// The names, which are no secret.
    public var names: [HTTPField.Name] { fields.map(\.name) }

    /// The fields with their values, for a transport's last line before the wire.
    public var exposed: [HTTPField] { fields }

    /// Stands for the credential within this process, to tell accounts apart; the hash is keyed anew in each process.
    var identity: Int { fields.hashValue }

    /// The names only.
    public var description: String { "SealedFields(\(fields.map(\.name.rawName).joined(separator: ", ")))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
