public import TesseraCore

/// The values of a `.env` file, in the dialect of python-dotenv. The process's own environment is not changed: what is in
/// it every child inherits.
///
/// ```swift
/// let settings = try DotenvFile(".env")
/// let api = try Session("https://api.example.com", auth: .bearer(settings.secret("API_TOKEN")))
/// ```
public struct DotenvFile: Sendable, CustomStringConvertible, CustomReflectable {
    /// The longest file that is read, in bytes.
    public static let longest = 1_048_576

    let path: String
    private let values: [String: Secret]
    /// The lines that could not be read, from one; everything else in the file counts.
    public let unreadableLines: [Int]
    /// Whether others than the file's owner may read it.
    public let isReadableByOthers: Bool

    /// Reads a file.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/secretUnavailable`` when it cannot
    ///   be read, is no ordinary file, is longer than ``longest`` or is not UTF-8.
    public init(_ path: String = ".env") throws {
        let file = try SecretFile.read(path, limit: DotenvFile.longest)
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw TesseraError(.secretUnavailable, "the file \(path) is not UTF-8", remedy: "save it as UTF-8")
        }
        self.init(text: text, path: path, isReadableByOthers: file.isReadableByOthers) { ProcessEnvironment.value($0) }
    }

    init(text: String, path: String, isReadableByOthers: Bool, environment: (String) -> String?) {
        let (values, unreadable) = DotenvFile.resolve(text, environment: environment)
        self.path = path
        self.values = values.mapValues { Secret($0) }
        self.unreadableLines = unreadable
        self.isReadableByOthers = isReadableByOthers
    }

    package static func resolve(
        _ text: String, environment: (String) -> String?
    ) -> (values: [String: String], unreadable: [Int]) {
        // A name without `=` has no value, and hides that of the environment from later lines.
        var values: [String: String?] = [:]
        var unreadable: [Int] = []
        for binding in DotenvParser.bindings(of: text) {
            guard let key = binding.key, !binding.isError else {
                unreadable.append(binding.line)
                continue
            }
            guard let raw = binding.value else {
                values.updateValue(nil, forKey: key)
                continue
            }
            guard let value = DotenvInterpolation.resolve(raw, { values[$0].map { $0 ?? "" } ?? environment($0) })
            else {
                unreadable.append(binding.line)
                continue
            }
            values[key] = value
        }
        return (values.compactMapValues { $0 }, unreadable)
    }

    /// The names in the file that have a value.
    public var names: Set<String> { Set(values.keys) }

    /// The value of a name. What the environment says goes before what the file says, as deployments expect.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/secretUnavailable`` when neither
    ///   has it, or it is empty.
    public func secret(_ name: String) throws -> Secret {
        if ProcessEnvironment.value(name) != nil { return try Secret(environment: name) }
        guard let value = values[name] else {
            throw TesseraError(
                .secretUnavailable, "neither the environment nor \(path) has \(name)",
                remedy: unreadableLines.isEmpty
                    ? "add a line \(name)=… to the file" : "look at line \(unreadableLines[0]), which cannot be read")
        }
        guard !value.isEmpty else {
            throw TesseraError(
                .secretUnavailable, "\(name) is empty in \(path)", remedy: "set it to the secret's value")
        }
        return value
    }

    /// The path and the number of values.
    public var description: String { "DotenvFile(\(path), \(values.count) values)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
