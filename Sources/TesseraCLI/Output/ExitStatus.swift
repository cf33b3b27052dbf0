#if CLI
import TesseraCore

/// The exit codes, by sysexits(3); `docs/command.md` lists them.
enum ExitStatus: Int32, Error {
    case failure = 1
    case redirected = 3
    case clientError = 4
    case serverError = 5
    /// `scan` found secrets.
    case findings = 10
    case usage = 64
    case dataError = 65
    case unavailable = 69
    case inputOutput = 74
    case temporaryFailure = 75
    case noPermission = 77
    case configuration = 78
    case interrupted = 130

    init?(status code: Int) {
        switch code {
        case 429: self = .temporaryFailure
        case 300..<400: self = .redirected
        case 400..<500: self = .clientError
        case 500...: self = .serverError
        default: return nil
        }
    }

    init(_ code: TesseraError.Code) {
        switch code {
        case .invalidURL, .invalidTarget, .invalidHeader: self = .usage
        case .encoding, .decoding, .malformedCredential: self = .dataError
        case .misconfigured, .secretUnavailable, .insecureTransport, .discoveryFailed: self = .configuration
        case .unauthorized, .tokenRequestRefused, .loginRequired: self = .noPermission
        case .forbidden: self = .clientError
        case .rateLimited, .timeout, .tokenEndpointUnavailable, .retryLater, .circuitOpen, .overloaded:
            self = .temporaryFailure
        case .connection, .tls, .proxy: self = .unavailable
        case .fileFailed, .storeFailed: self = .inputOutput
        case .storeInsecure, .storeUnsupported, .storeKeyMismatch, .storeTooNew: self = .configuration
        case .storeTampered, .storeCopied, .storeRolledBack: self = .dataError
        case .httpStatus, .protocolViolation, .limitExceeded, .redirectRefused, .invalidTokenResponse,
            .incompletePages, .shutDown, .unexpectedRequest:
            self = .failure
        }
    }
}
#endif
