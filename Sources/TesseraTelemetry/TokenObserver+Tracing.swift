#if Telemetry
public import TesseraCore
public import Tracing

extension TokenObserver {
    /// Records each obtaining of a token as a span of its own.
    ///
    /// The spans are roots: one request serves many callers, and the trace of the first must not stand for the others'.
    /// They are written when the request has ended, with the times that it took.
    public static func tracing(to tracer: any Tracer) -> TokenObserver {
        TokenObserver { event, source in
            switch event {
            case .obtained(let obtained):
                record(tracer, source, lasting: obtained.duration) { span in
                    span.attributes["tessera.token.generation"] = Int64(clamping: obtained.generation)
                    span.attributes["tessera.token.requests"] = Int64(clamping: obtained.requests)
                    span.attributes["tessera.token.unchanged"] = obtained.isUnchanged
                }
            case .failed(let failed):
                record(tracer, source, lasting: failed.duration) { span in
                    span.attributes["error.type"] = failed.authorizationError ?? failed.code.rawValue
                    span.attributes["tessera.token.old_served"] = failed.isOldTokenServed
                    span.setStatus(SpanStatus(code: .error))
                }
            default: break
            }
        }
    }

    private static func record(
        _ tracer: any Tracer, _ source: TokenSourceName, lasting duration: Duration, _ describe: (any Span) -> Void
    ) {
        let end = DefaultTracerClock.now.nanosecondsSinceEpoch
        let length = UInt64(max(0, duration.clampedNanoseconds))
        let span = tracer.startSpan(
            "tessera.token.obtain", context: .topLevel, ofKind: .client,
            at: Instant(nanosecondsSinceEpoch: end - min(end, length)))
        span.attributes["tessera.token.source"] = source.kind.rawValue
        describe(span)
        span.end(at: Instant(nanosecondsSinceEpoch: end))
    }
}

/// A time in the past: spans are written when they are over.
private struct Instant: TracerInstant {
    var nanosecondsSinceEpoch: UInt64

    static func < (left: Instant, right: Instant) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}
#endif
