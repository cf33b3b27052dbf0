import HTTPTypes

/// Header fields as a caller writes them, checked before they become fields.
///
/// HTTPTypes repairs what is not allowed (a line break becomes a space); here it is refused, because a value that is
/// silently changed hides an attempt at header injection.
public struct RequestHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private struct Item: Hashable {
        var name: String
        var value: String
    }

    private var items: [Item]

    /// No fields.
    public init() {
        items = []
    }

    /// The given names and values; a name that stands twice is sent twice.
    public init(dictionaryLiteral elements: (String, String)...) {
        items = elements.map { Item(name: $0.0, value: $0.1) }
    }

    /// Whether there are none.
    public var isEmpty: Bool { items.isEmpty }

    /// The first value of a name, compared without case. Setting replaces all of that name, nil removes them.
    public subscript(name: String) -> String? {
        get { items.first { Self.isSame($0.name, name) }?.value }
        set {
            items.removeAll { Self.isSame($0.name, name) }
            if let newValue { items.append(Item(name: name, value: newValue)) }
        }
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.map(\.lowercased) == right.utf8.map(\.lowercased)
    }

    /// Puts the fields into `fields`, replacing those of the same name.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/invalidHeader``.
    func apply(to fields: inout HTTPFields) throws {
        guard !items.isEmpty else { return }
        var checked: [HTTPField] = []
        for item in items {
            guard item.name.utf8.count <= 256, item.name.utf8.allSatisfy(\.isTokenCharacter),
                let name = HTTPField.Name(item.name)
            else {
                throw TesseraError(.invalidHeader, "a header name is empty or holds a character that none may hold")
            }
            if let remedy = RequestHeaders.reserved[name.canonicalName] {
                throw TesseraError(.invalidHeader, "the header \(name.rawName) cannot be set by hand", remedy: remedy)
            }
            let bytes = item.value.utf8
            guard bytes.count <= 16_384, bytes.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
                throw TesseraError(
                    .invalidHeader, "the value of header \(name.rawName) is too long or holds a control character")
            }
            checked.append(HTTPField(name: name, value: item.value))
        }
        for name in Set(checked.map(\.name)) { fields[fields: name] = [] }
        for field in checked { fields.append(field) }
    }

    /// The names that only the library may set.
    static let reservedNames: [HTTPField.Name] = reserved.keys.compactMap { HTTPField.Name($0) }

    private static let reserved: [String: String] = [
        "authorization": "pass the credential with auth:, which binds it to its origins",
        "proxy-authorization": "put user and password into the proxy's settings",
        "host": "it follows from the URL",
        "content-length": "it follows from the body",
        "transfer-encoding": "it follows from the body",
        "connection": "the transport owns the connection",
        "keep-alive": "the transport owns the connection",
        "proxy-connection": "the transport owns the connection",
        "te": "the transport owns the connection",
        "trailer": "the transport owns the connection",
        "upgrade": "the transport owns the connection",
    ]
}
