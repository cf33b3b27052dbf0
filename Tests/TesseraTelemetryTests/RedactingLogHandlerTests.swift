#if Logging
import Logging
import Synchronization
import TesseraCore
import TesseraTelemetry
import TesseraTesting
import Testing

@Suite struct `A log that secrets do not get into` {
    final class Events: Sendable {
        private let events = Mutex<[LogEvent]>([])

        func append(_ event: LogEvent) { events.withLock { $0.append(event) } }
        var all: [LogEvent] { events.withLock { $0 } }

        /// All that a handler could print of the events.
        var text: String {
            all.map { event in
                let error = event.error.map { "\($0) \(String(reflecting: $0))" } ?? ""
                return "\(event.message) \(event.metadata ?? [:]) \(event.source) \(error)"
            }.joined(separator: "\n")
        }
    }

    struct Recorder: LogHandler {
        let events: Events
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var event = event
            // Nothing says that what is given with an event goes before what a provider says.
            event.metadata = metadata.merging(event.metadata ?? [:]) { $1 }.merging(metadataProvider?.get() ?? [:]) {
                $1
            }
            events.append(event)
        }
    }

    struct Leak: Error, CustomStringConvertible { var description: String }

    private static func logger(_ events: Events, metadata: Logger.Metadata = [:]) -> Logger {
        Logger(label: "test") { _ in RedactingLogHandler(Recorder(events: events, metadata: metadata)) }
    }

    @Test func `a secret is in no part of an event, in no encoding`() throws {
        let canary = Canary()
        for (_, form) in canary.writtenForms {
            let events = Events()
            let provider = Logger.MetadataProvider { ["provided": "\(form)"] }
            var logger = Logger(label: "test") { _ in
                RedactingLogHandler(
                    Recorder(events: events, metadata: ["before": "\(form)"], metadataProvider: provider))
            }
            logger[metadataKey: "set"] = "\(form)"
            logger[metadataKey: form] = "key"
            let nested: Logger.MetadataValue = ["list": [["deep": "\(form)"], .stringConvertible(form)]]
            logger.error("failed: \(form)", metadata: ["nested": nested], source: "module \(form)")
            RedactingLogHandler(Recorder(events: events)).log(
                event: LogEvent(
                    level: .error, message: "with error", error: Leak(description: form), metadata: nil, source: nil,
                    file: #fileID, function: #function, line: #line))
            #expect(events.all.count == 2)
            #expect(canary.leak(in: events.text) == nil, "\(events.text)")
            #expect(events.text.contains("[secret:"))
            let names = Set((events.all.first?.metadata ?? [:]).keys)
            #expect(names.isSuperset(of: ["before", "provided", "set"]))
        }
    }

    @Test func `what looks like a secret is replaced in the message and by the name of its metadata`() {
        let events = Events()
        let logger = Self.logger(events)
        logger.info(
            "GET /?access_token=9f8e7d6c5b4a",
            metadata: ["password": "hunter2", "authorization": "hunter3x", "page": "2"])
        #expect(!events.text.contains("9f8e7d6c5b4a") && !events.text.contains("hunter"))
        #expect(events.all.first?.metadata?["page"] == "2")
        #expect(events.all.first.map { "\($0.message)".hasPrefix("GET /?access_token=[secret:") } == true)
    }

    @Test func `nobody forges a line or drives the terminal`() {
        let events = Events()
        let logger = Self.logger(events)
        let text = "a\n2026-01-01 info forged\r\u{1B}]52;c;x\u{7}\u{202E}b\tc"
        logger.info("\(text)", metadata: ["k\n": "\(text)"], source: "m\n")
        let clean = #"a\n2026-01-01 info forged\r\u{1B}]52;c;x\u{7}\u{202E}b\tc"#
        #expect(events.all.first.map { "\($0.message)" } == clean)
        #expect(events.all.first?.metadata == [#"k\n"#: "\(clean)"])
        #expect(events.all.first?.source == #"m\n"#)
    }

    @Test func `labels are clean, the level is that of the wrapped handler, and metadata stays a value`() {
        let events = Events()
        let labels = Mutex<[String]>([])
        let factory = RedactingLogHandler.around { label in
            labels.withLock { $0.append(label) }
            return Recorder(events: events)
        }
        var logger = Logger(label: "l\n", factory: factory)
        #expect(labels.withLock { $0 } == [#"l\n"#])
        logger.logLevel = .error
        logger.info("quiet")
        #expect(events.all.isEmpty && logger.logLevel == .error)
        var other = logger
        other[metadataKey: "x"] = "1"
        #expect(logger[metadataKey: "x"] == nil && other[metadataKey: "x"] == "1")
    }

    @Test func `metadata without end is cut`() {
        let events = Events()
        var value: Logger.MetadataValue = "leaf"
        for _ in 0..<200 { value = ["n": value] }
        Self.logger(events).info("\(String(repeating: "x", count: 100_000))", metadata: ["deep": value])
        #expect(events.all.first.map { "\($0.message)".count } == RedactingLogHandler.longestText + 3)
        #expect(!events.text.contains("leaf"))
    }
}
#endif
