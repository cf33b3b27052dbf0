#if Logging
public import Logging
import TesseraCore

/// A log handler that takes the secrets out of what another one writes.
///
/// Message, error, source and all metadata, nested and provided, are redacted when they are logged: every living
/// ``TesseraCore/Secret`` in each of its encodings, and what looks like a secret (``TesseraCore/SecretPattern``). What
/// could forge a line or drive a terminal is written as `\n` and `\u{1B}`.
///
/// ```swift
/// import Logging
/// import TesseraTelemetry
///
/// LoggingSystem.bootstrap(RedactingLogHandler.around(StreamLogHandler.standardError))
/// Logger(label: "api").info("sent Authorization: Bearer 8f14e45fceea167a")  // … Bearer [secret:…]
/// ```
///
/// The file and the function of a log statement are the program's own text, and pass unchanged.
public struct RedactingLogHandler: LogHandler {
    /// The characters of a message or value beyond which it is cut.
    public static let longestText = 16_384
    /// The levels of nested metadata beyond which it is dropped.
    public static let deepestMetadata = 16

    private var handler: any LogHandler
    /// As the program set it: what is a secret is known when something is logged.
    public var metadata: Logger.Metadata
    /// What the program added; the wrapped handler has none of its own, so that nothing gets around this one.
    public var metadataProvider: Logger.MetadataProvider?

    /// Wraps a handler, whose metadata and provider this one takes over.
    public init(_ handler: any LogHandler) {
        self.handler = handler
        metadata = handler.metadata
        metadataProvider = handler.metadataProvider
        if !metadata.isEmpty { self.handler.metadata = [:] }
        if metadataProvider != nil { self.handler.metadataProvider = nil }
    }

    /// A factory as `LoggingSystem.bootstrap` takes it, whose labels are clean too.
    public static func around(
        _ factory: @escaping @Sendable (String) -> any LogHandler
    ) -> @Sendable (String) -> any LogHandler {
        { label in RedactingLogHandler(factory(clean(label))) }
    }

    /// That of the wrapped handler.
    public var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    /// One value of ``metadata``.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Redacts an event and hands it on.
    public func log(event: LogEvent) {
        var event = event
        event.message = "\(Self.clean(event.message.description))"
        event.source = Self.clean(event.source)
        event.error = event.error.map { RedactedError(description: Self.clean("\($0)")) }
        var all = metadata
        if let metadataProvider { all.merge(metadataProvider.get()) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        event.metadata = all.isEmpty ? nil : Self.clean(all, depth: 0)
        handler.log(event: event)
    }

    // MARK: Values

    private static func clean(_ text: String) -> String {
        PrintableText.escapedLine(Redactor.process.redact(unknown: text), limit: longestText)
    }

    private static func clean(_ metadata: Logger.Metadata, depth: Int) -> Logger.Metadata {
        // Two keys may become alike.
        Dictionary(
            metadata.map { (clean($0.key), clean($0.value, named: $0.key, depth: depth)) }, uniquingKeysWith: { $1 })
    }

    private static func clean(
        _ value: Logger.MetadataValue, named name: String, depth: Int
    ) -> Logger.MetadataValue {
        guard depth < deepestMetadata else { return "..." }
        switch value {
        case .dictionary(let values): return .dictionary(clean(values, depth: depth + 1))
        case .array(let values): return .array(values.map { clean($0, named: name, depth: depth + 1) })
        case .string, .stringConvertible:
            let text = Redactor.process.redact(unknown: "\(value)", named: name)
            var clean = Logger.MetadataValue.string(PrintableText.escapedLine(text, limit: longestText))
            let attributes = value.attributes
            if case .stringConvertible = value, attributes != .init() { clean.attributes = attributes }
            return clean
        }
    }

    /// An error's text without secrets, for handlers that print errors; its type is not kept, since what it prints would
    /// be its own.
    private struct RedactedError: Error, CustomStringConvertible {
        let description: String
    }
}
#endif
