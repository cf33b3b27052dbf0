#if Secrets
import TesseraCore

extension SecretCommand {
    /// The keyring of the desktop: the Secret Service on Linux (`secret-tool` of libsecret-tools), the login keychain on
    /// macOS. The secret's name is its attribute `service`.
    ///
    /// ```sh
    /// secret-tool store --label "Example API" service example-api   # asks for the secret
    /// ```
    ///
    /// ```swift
    /// let token = try SecretCommand.keyring().secret("example-api")
    /// ```
    public static func keyring() throws -> SecretCommand {
        #if os(macOS)
        try SecretCommand("/usr/bin/security", arguments: ["find-generic-password", "-w", "-s"])
        #else
        // The service is found over the session bus.
        try SecretCommand(
            "/usr/bin/secret-tool", arguments: ["lookup", "service"],
            environment: ["HOME", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"])
        #endif
    }
}
#endif
