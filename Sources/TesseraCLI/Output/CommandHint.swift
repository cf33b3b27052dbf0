#if CLI
import TesseraCore

/// What to do about an error where options are typed: the remedies of the library name its API.
enum CommandHint {
    static func of(_ error: TesseraError) -> String? {
        switch error.code {
        case .timeout: "--timeout SECONDS gives it more time; -v tells what took it"
        case .insecureTransport: "use https; over http a credential goes to this machine only"
        case .limitExceeded: "-o FILE takes longer answers; -v tells which limit it was"
        default: error.remedy
        }
    }
}
#endif
