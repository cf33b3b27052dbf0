#if Logging
public import Logging
public import TesseraCore

extension TokenObserver {
    /// Writes events to a logger: what goes wrong as warnings, the rest for debugging.
    ///
    /// Tokens appear as tags that are keyed anew in each process, sources as such tags with `client` or `user`.
    ///
    /// ```swift
    /// import Logging
    /// import TesseraTelemetry
    ///
    /// var settings = RefreshingTokenSource.Settings()
    /// settings.observers = [.logging(to: Logger(label: "tokens"))]
    /// ```
    public static func logging(to logger: Logger) -> TokenObserver {
        TokenObserver { event, source in
            let entry = TokenLogEntry(event, source)
            logger.log(level: entry.level, entry.message, metadata: entry.metadata, source: "Tessera")
        }
    }
}

struct TokenLogEntry {
    var level: Logger.Level
    var message: Logger.Message
    var metadata: Logger.Metadata

    init(_ event: TokenEvent, _ source: TokenSourceName) {
        metadata = ["source": "\(source.tag)", "source_kind": "\(source.kind.rawValue)"]
        level = .debug
        switch event {
        case .requested(let occasion):
            message = "a token is being obtained"
            metadata["occasion"] = "\(occasion.rawValue)"
        case .obtained(let obtained):
            message = obtained.isUnchanged ? "the token came again" : "a token was obtained"
            metadata["token"] = "\(obtained.tag)"
            metadata["generation"] = "\(obtained.generation)"
            metadata["requests"] = "\(obtained.requests)"
            metadata["duration"] = "\(obtained.duration)"
            if let lifetime = obtained.lifetime { metadata["lifetime"] = "\(lifetime)" }
        case .failed(let failed):
            message =
                failed.isOldTokenServed ? "renewing the token failed; the old one is served" : "no token was obtained"
            level = failed.isRefusal || !failed.isOldTokenServed ? .error : .warning
            metadata["code"] = "\(failed.code.rawValue)"
            metadata["duration"] = "\(failed.duration)"
            if let error = failed.authorizationError { metadata["error"] = "\(error)" }
            if let wait = failed.wait { metadata["wait"] = "\(wait)" }
        case .overdue:
            message = "obtaining a token takes longer than it may"
            level = .warning
        case .rejected(let generation, let rejection):
            message = "a resource refused a token"
            level = rejection == .alreadyRenewed ? .debug : .warning
            metadata["generation"] = "\(generation)"
            metadata["outcome"] = "\(rejection.rawValue)"
        case .left(let departure):
            message = "somebody stopped waiting for a token"
            metadata["reason"] = "\(departure.rawValue)"
        case .throttled(let wait):
            message = "too many tokens were asked for of late"
            level = .error
            metadata["wait"] = "\(wait)"
        case .invalidated:
            message = "the token was given up on request"
        }
    }
}
#endif
