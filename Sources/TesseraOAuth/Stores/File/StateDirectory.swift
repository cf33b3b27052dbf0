#if OAuth
import TesseraCore

/// Where a store lies when nobody says: `$XDG_STATE_HOME/tessera`, or `~/.local/state/tessera` (XDG Base Directory
/// Specification 0.8).
enum StateDirectory {
    static func path(environment: (String) -> String?) throws -> String {
        // "If an implementation encounters a relative path in any of these variables it should ignore it."
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") { return "\(state)/tessera" }
        guard let home = environment("HOME"), home.hasPrefix("/"), home != "/" else {
            throw TesseraError(
                .misconfigured, "there is no place for the store: neither XDG_STATE_HOME nor HOME is an absolute path",
                remedy: "give FileTokenStore a directory")
        }
        return "\(home)/.local/state/tessera"
    }

    /// Where it is remembered outside the store what was written last: gone after a restart of the machine, and not
    /// part of what backups and snapshots bring back.
    static func witness(environment: (String) -> String?) -> String? {
        guard let runtime = environment("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") else { return nil }
        return "\(runtime)/tessera"
    }
}
#endif
