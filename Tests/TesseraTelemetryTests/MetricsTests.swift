#if Telemetry
import Metrics
import MetricsTestKit
import TesseraCore
import TesseraTelemetry
import Testing

@Suite struct `Events in metrics` {
    @Test func `are counted under closed labels, without user or issuer`() throws {
        let metrics = TestMetrics()
        let observer = TokenObserver.metrics(factory: metrics)
        for event in SampleEvents.all { observer.observe(event, SampleEvents.source) }
        let total = metrics.counters.filter { $0.label == "tessera.token.events" }.reduce(0) { $0 + $1.totalValue }
        #expect(total == Int64(SampleEvents.all.count))
        let requests = try metrics.expectCounter("tessera.token.requests", [("source", "user")])
        #expect(requests.totalValue == 2)
        let timer = try metrics.expectTimer("tessera.token.duration", [("source", "user"), ("outcome", "obtained")])
        #expect(timer.values == [250_000_000])
        let labels = metrics.counters.flatMap(\.dimensions) + metrics.timers.flatMap(\.dimensions)
        #expect(Set(labels.map(\.0)) == ["event", "source", "reason", "outcome"])
        #expect(!labels.contains { $0.1.contains("alice") || $0.1.contains("login") })
    }
}
#endif
