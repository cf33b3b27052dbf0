#if Logging
import Logging
import Synchronization
import TesseraCore
import TesseraTelemetry
import Testing

@Suite struct `Events in a log` {
    final class Lines: Sendable {
        let lines = Mutex<[(level: Logger.Level, text: String)]>([])
    }

    struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            lines.lines.withLock { $0.append((event.level, "\(event.message) \(pairs)")) }
        }
    }

    @Test func `each event is one line, and what goes wrong is louder`() {
        let lines = Lines()
        let observer = TokenObserver.logging(to: Logger(label: "tokens") { _ in Handler(lines: lines) })
        for event in SampleEvents.all { observer.observe(event, SampleEvents.source) }
        let seen = lines.lines.withLock { $0 }
        #expect(seen.count == SampleEvents.all.count)
        #expect(seen.filter { $0.level == .error }.count == 2)
        #expect(seen.filter { $0.level == .warning }.count == 6)
        #expect(seen.allSatisfy { $0.text.contains("source_kind=user") })
        #expect(seen.allSatisfy { !$0.text.contains("alice") && !$0.text.contains("login.test") })
        #expect(
            seen.contains { $0.text.contains("code=tokenRequestRefused") && $0.text.contains("error=invalid_client") })
    }
}
#endif
