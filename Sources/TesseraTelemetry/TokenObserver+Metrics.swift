#if Telemetry
public import Metrics
public import TesseraCore

extension TokenObserver {
    /// Counts events. Every label is of a closed set; none names an issuer, a user or a source.
    ///
    /// - `tessera.token.events` by `event`, `source` and `reason`
    /// - `tessera.token.requests` by `source`: requests to the token endpoint
    /// - `tessera.token.duration` by `source` and `outcome`: how long it took to obtain a token, or not to
    public static func metrics(factory: any MetricsFactory = MetricsSystem.factory) -> TokenObserver {
        TokenObserver { event, source in
            let kind = ("source", source.kind.rawValue)
            Counter(
                label: "tessera.token.events",
                dimensions: [("event", event.word), kind, ("reason", event.reason)], factory: factory
            ).increment()
            switch event {
            case .obtained(let obtained):
                Counter(label: "tessera.token.requests", dimensions: [kind], factory: factory)
                    .increment(by: Int64(clamping: obtained.requests))
                timer("obtained", kind, factory).record(duration: obtained.duration)
            case .failed(let failed):
                timer("failed", kind, factory).record(duration: failed.duration)
            default: break
            }
        }
    }

    private static func timer(
        _ outcome: String, _ kind: (String, String), _ factory: any MetricsFactory
    ) -> Metrics.Timer {
        Metrics.Timer(label: "tessera.token.duration", dimensions: [kind, ("outcome", outcome)], factory: factory)
    }
}

extension TokenEvent {
    fileprivate var reason: String {
        switch self {
        case .requested(let occasion): occasion.rawValue
        case .obtained(let obtained): obtained.isUnchanged ? "unchanged" : "new"
        case .failed(let failed): failed.authorizationError ?? failed.code.rawValue
        case .rejected(_, let rejection): rejection.rawValue
        case .left(let departure): departure.rawValue
        case .overdue, .throttled, .invalidated: "none"
        }
    }
}

extension Metrics.Timer {
    fileprivate func record(duration: Duration) {
        recordNanoseconds(duration.clampedNanoseconds)
    }
}
#endif
